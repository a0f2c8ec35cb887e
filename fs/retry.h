/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Callers that were answered ESTALE. The kernel repeats their path walk and
 * then the open, once; both come as ordinary requests, and nothing in them says
 * so. What they are known by:
 *
 *  - the thread, with its fsuid and fsgid. It does one open at a time, so this
 *    is exact; but all threads outside the daemon's pid namespace have the
 *    number 0, and may be many;
 *  - the file, or the directory and name where it was found. Who walks the path
 *    again finds one of them again, unless the name is another file's *and* the
 *    first was looked up under another name meanwhile. The second try is then
 *    one like any first: it fails only if content changes even then;
 *  - the node that its second walk got for itself (inode_lookup_alone()).
 *
 * See doc/design/003-nodes.md for what the answers are good for.
 */
#ifndef FS_RETRY_H
#define FS_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "caller.h"
#include "fs.h"

/*
 * retry_send_back() - @c is about to be answered ESTALE
 * @n:     what it tried to open
 * @strip: it needs a stripped node
 * Without memory it is not remembered, and its second try may fail, too.
 */
void retry_send_back(struct fs *fs, const struct caller *c, struct node *n,
		     bool strip);

/*
 * retry_walk_again() - the same for what a path walk asks before the open
 * (attributes, an ACL): the kernel's one repetition is used up by that, too.
 * Who asked may have had no open in mind; so it is only good for a walk to that
 * name, and only the node that this walk gets says what is newer than it.
 */
void retry_walk_again(struct fs *fs, const struct caller *c, struct node *n);

/*
 * retry_looks_up() - is @c looking @name up in @dir because of that?
 * It then gets a node of its own: inode_lookup_alone(). Where the thread has
 * no number this must be the name of the file, and somebody else's walk to it
 * may be taken for the second one; that costs the kernel's memory of the name.
 * Otherwise any name will do, as the file may have several.
 */
bool retry_looks_up(struct fs *fs, const struct caller *c,
		    const struct inode *dir, const char *name, bool *ret_strip);

/*
 * retry_came_back() - was @c, who opens @n, sent back a moment ago?
 *
 * The kernel retries an open once. Content that changes all the time could make
 * the second try fail, too. But an object that was bound to a node that is
 * newer than the first try was checked after the caller's open(2) began, so it
 * may be handed out: bind_promised() finds it, and the gate evaluates that.
 * Asked once per open; the answer is forgotten.
 *
 * Return: nodes with a higher serial are newer; UINT64_MAX: this is no retry.
 */
uint64_t retry_came_back(struct fs *fs, const struct caller *c, struct node *n);

/* At the end of the mount; nobody may be using them. */
void retries_free(struct fs *fs);

#endif
