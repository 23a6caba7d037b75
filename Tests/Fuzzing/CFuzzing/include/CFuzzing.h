#ifndef OLP_CFUZZING_H
#define OLP_CFUZZING_H

#include <stddef.h>

/* Memory of `count` bytes of which the last is the last that can be touched: behind it lies a page without access, so
   that reading or writing too far ends the program in code without a sanitizer too. There are two such places, 0 and 1;
   each is used anew by the next call for it. */
void *olp_fuzzing_edge(int place, size_t count);

/* Begins to watch the heap, and says how many bytes more than at the beginning were taken at the most. */
void olp_fuzzing_watch_heap(void);
size_t olp_fuzzing_heap_peak(void);

#endif
