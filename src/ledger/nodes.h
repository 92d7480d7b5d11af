/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nodes.h - what the files of the ledger share. */
#ifndef LEDGER_NODES_H
#define LEDGER_NODES_H

#include <tocsin/ledger.h>

struct tree_hash tree_node(const struct tree_hash *left, const struct tree_hash *right);
bool is_hex(const char *s, size_t digits);   /* exactly so many digits, a-f small */

#endif
