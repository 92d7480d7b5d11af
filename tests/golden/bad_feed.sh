# SPDX-License-Identifier: GPL-3.0-or-later
# A feed that is cut off in the middle.
printf '<rss version="2.0"><channel><title>Cut</title>\n<item><title>Half an it' >cut.xml
tocsin collect --in cut.xml --out -
