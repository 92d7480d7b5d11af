# SPDX-License-Identifier: GPL-3.0-or-later
# Questions and judgements in, judgements of pool and median out, without a store; a bad line is named.
cat >judgements.jsonl <<'LINES'
{"kind":"question","key":"a","text":"Will it?","answers":["yes","no"],"rule":"gazette","opens":"2024-01-01","closes":"2024-01-10","resolves":"2024-02-01","status":"resolved","outcome":"yes","source":"gazette","resolved":"2024-02-01","known":"2024-02-01"}
{"kind":"question","key":"b","text":"Will it again?","answers":["yes","no"],"rule":"gazette","opens":"2024-03-01","closes":"2024-03-10","resolves":"2024-04-01","status":"open"}
{"kind":"judgement","question":"a","forecaster":"fox","at":"2024-01-05","probabilities":{"yes":0.9,"no":0.1}}
{"kind":"judgement","question":"a","forecaster":"heron","at":"2024-01-05","probabilities":{"yes":0.2,"no":0.8}}

{"kind":"judgement","question":"b","forecaster":"fox","at":"2024-03-05","probabilities":{"yes":0.8,"no":0.2}}
{"kind":"judgement","question":"b","forecaster":"heron","at":"2024-03-05","probabilities":{"yes":0.4,"no":0.6}}
{"kind":"judgement","question":"b","forecaster":"oak","at":"2024-03-06","probabilities":{"yes":0,"no":1}}
{"kind":"judgement","question":"b","forecaster":"oak","at":"2024-03-11","probabilities":{"yes":0.99,"no":0.01}}
LINES
tocsin question pool --in judgements.jsonl --out pools.jsonl
cat pools.jsonl
tocsin question pool --in - <judgements.jsonl | cmp - pools.jsonl
sed '$s/0.99/0.9/' judgements.jsonl | tocsin question pool --in -
sed '3s/fox/Ana Fox/' judgements.jsonl | tocsin question pool --in -
sed '6s/"no"/"nay"/' judgements.jsonl | tocsin question pool --in -
