// The one thing about processes that Swift cannot do: run code between fork and exec.
#ifndef OLP_SPAWN_H
#define OLP_SPAWN_H

#include <sys/types.h>

struct olp_spawn_request {
    const char *path;
    char *const *arguments;    // ends with NULL; the first is the program's name
    char *const *environment;  // ends with NULL
    const char *directory;     // NULL: stay
    int input, output, error;  // descriptors for 0, 1 and 2
    int new_session;           // not 0: lead a session, and so a process group
    int new_group;             // not 0: lead a process group
    int signal_with_parent;    // not 0: sent when the thread that made the call ends
};

// Starts a program with default signal handling and no other descriptor open than 0, 1 and 2.
// The process id, or minus the errno of the step that failed, exec included.
pid_t olp_spawn(const struct olp_spawn_request *request);

#endif
