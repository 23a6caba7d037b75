#ifndef OLP_CPOSTGRES_SHIM_H
#define OLP_CPOSTGRES_SHIM_H

/* Debian keeps it in a folder of its own, which pkg-config tells; others put it on the ordinary path. */
#include <libpq-fe.h>

#endif
