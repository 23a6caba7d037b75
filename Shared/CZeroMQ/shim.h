#ifndef OLP_CZEROMQ_SHIM_H
#define OLP_CZEROMQ_SHIM_H

#include <zmq.h>

/* Not in the Swift overlay of Glibc; the I/O thread waits with them. */
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>

/* prctl is variadic, which Swift cannot call. */
static inline void olp_name_current_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

/* Accepted by libzmq 4.3.4 in every build, though its header names it in draft builds only. */
#define OLP_ZMQ_ZAP_ENFORCE_DOMAIN 93

#endif
