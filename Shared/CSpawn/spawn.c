// Between fork and exec only what signal-safety(7) allows: other threads may hold locks, the allocator's too.
#define _GNU_SOURCE
#include "olp_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

static void reset_signals(void) {
    struct sigaction fallback = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) sigaction(number, &fallback, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static int become(const struct olp_spawn_request *request, pid_t parent) {
    if (request->new_session && setsid() < 0) return errno;
    if (!request->new_session && request->new_group && setpgid(0, 0) < 0) return errno;
#ifdef __linux__
    if (request->signal_with_parent) {
        if (prctl(PR_SET_PDEATHSIG, request->signal_with_parent) < 0) return errno;
        if (getppid() != parent) return ECHILD;  // it died before we asked to be told
    }
#endif
    if (request->directory && chdir(request->directory) < 0) return errno;
    if (dup2(request->input, 0) < 0 || dup2(request->output, 1) < 0 || dup2(request->error, 2) < 0) return errno;
#ifdef __linux__
    syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC);
#endif
    reset_signals();
    execve(request->path, request->arguments, request->environment);
    return errno;
}

// A child that another thread makes meanwhile must not keep an end of it: the parent would wait for that child's end.
static int private_pipe(int ends[2]) {
#ifdef __linux__
    return pipe2(ends, O_CLOEXEC);
#else
    if (pipe(ends) < 0) return -1;
    return fcntl(ends[0], F_SETFD, FD_CLOEXEC) < 0 || fcntl(ends[1], F_SETFD, FD_CLOEXEC) < 0 ? -1 : 0;
#endif
}

pid_t olp_spawn(const struct olp_spawn_request *request) {
    int report[2];
    if (private_pipe(report) < 0) return -errno;
    // The write end closes by itself when exec succeeds; what is read from it is the errno of a failure.
    // Above 2, or the child's own descriptors would be put over it.
    int out = fcntl(report[1], F_DUPFD_CLOEXEC, 3);
    int out_errno = errno;
    close(report[1]);
    if (out < 0) {
        close(report[0]);
        return -out_errno;
    }

    // Until exec the child has the parent's handlers: no signal may find them.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t parent = getpid();
    pid_t child = fork();
    int fork_errno = errno;
    if (child == 0) {
        int failure = become(request, parent);
        ssize_t ignored = write(out, &failure, sizeof failure);
        (void)ignored;
        _exit(127);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(out);
    if (child < 0) {
        close(report[0]);
        return -fork_errno;
    }

    int failure = 0;
    ssize_t got;
    do got = read(report[0], &failure, sizeof failure);
    while (got < 0 && errno == EINTR);
    close(report[0]);
    if (got == (ssize_t)sizeof failure) {
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
        return -failure;
    }
    return child;
}
