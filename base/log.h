/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages for people: one line each, a short sentence and then key=value.
 *
 * The request path must never wait for whoever reads the log (a mount that
 * serves syslogd's own files would deadlock), so after log_start() a message
 * is only copied into a bounded ring; a thread writes it out. When the ring is
 * full the message is dropped and counted, and the count is logged later.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdint.h>

enum log_level {
	LOG_LEVEL_ERR,
	LOG_LEVEL_WARN,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

enum log_target {
	LOG_TO_STDERR,
	LOG_TO_SYSLOG, /* datagrams to /dev/log, facility daemon */
};

/* Messages above @level are discarded. Default LOG_LEVEL_INFO. */
void log_set_level(enum log_level level);

/*
 * log_start() - from now on, never wait for the log
 *
 * Call after the last fork(): a thread does not survive it.
 * Return: 0, or -errno of pthread_create().
 */
int log_start(enum log_target target);

/* Writes out what is in the ring, ends the thread; back to plain stderr. */
void log_stop(void);

/* Messages lost because the ring was full. */
uint64_t log_dropped(void);

void log_msg(enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#define log_err(...)   log_msg(LOG_LEVEL_ERR, __VA_ARGS__)
#define log_warn(...)  log_msg(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_info(...)  log_msg(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_msg(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
