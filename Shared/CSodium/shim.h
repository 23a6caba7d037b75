#ifndef OLP_CSODIUM_SHIM_H
#define OLP_CSODIUM_SHIM_H

#include <sodium.h>

#endif
