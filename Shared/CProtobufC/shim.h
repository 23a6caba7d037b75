#ifndef OLP_CPROTOBUFC_SHIM_H
#define OLP_CPROTOBUFC_SHIM_H

#include <protobuf-c/protobuf-c.h>

#endif
