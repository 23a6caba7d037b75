#include "CFuzzing.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* More than any input, and what is made of it. */
enum { EDGE_BYTES = 1 << 20 };

void *olp_fuzzing_edge(int place, size_t count) {
    static char *ends[2];
    if (!ends[place]) {
        size_t page = (size_t)sysconf(_SC_PAGESIZE);
        char *start = mmap(NULL, EDGE_BYTES + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (start == MAP_FAILED || mprotect(start + EDGE_BYTES, page, PROT_NONE) != 0) {
            perror("mmap");
            abort();
        }
        ends[place] = start + EDGE_BYTES;
    }
    if (count > EDGE_BYTES) {
        fprintf(stderr, "%zu bytes are more than the %d that there is room for\n", count, EDGE_BYTES);
        abort();
    }
    return ends[place] - count;
}

/* Of the address sanitizer's allocator. */
int __sanitizer_install_malloc_and_free_hooks(void (*malloc_hook)(const volatile void *, size_t),
                                              void (*free_hook)(const volatile void *));
size_t __sanitizer_get_allocated_size(const volatile void *block);

/* Of the watching thread alone: the others are libFuzzer's own. */
static _Thread_local int watching;
static _Thread_local ptrdiff_t taken, peak;

static void on_malloc(const volatile void *block, size_t size) {
    (void)block;
    if (!watching) return;
    taken += (ptrdiff_t)size;
    if (taken > peak) peak = taken;
}

static void on_free(const volatile void *block) {
    if (watching && block) taken -= (ptrdiff_t)__sanitizer_get_allocated_size(block);
}

void olp_fuzzing_watch_heap(void) {
    static int installed;
    if (!installed) {
        installed = 1;
        if (!__sanitizer_install_malloc_and_free_hooks(on_malloc, on_free)) {
            fputs("the heap cannot be watched\n", stderr);
            abort();
        }
    }
    taken = peak = 0;
    watching = 1;
}

size_t olp_fuzzing_heap_peak(void) {
    watching = 0;
    return (size_t)peak;
}
