// SPDX-License-Identifier: GPL-3.0-or-later
// user_model_cache: the folder of compiled models, for src/ode/user_model*.c alone
//
// It holds NAME-KEY.so and `lock`. Only who has the lock compiles into it and throws away; whoever uses a library holds it, and
// what is held is not thrown away. A library is changed at each use in its time alone.
#pragma once

#include "base/file.h"

// Libraries that are kept, those used last: some tens of kB each.
enum { FHRL_USER_MODEL_CACHE_KEPT = 64 };

// The cache, made if it is not there; 0 if there is none that this user alone writes to.
int fhrl_user_model_cache_folder(char folder[FHRL_PATH_SIZE]);

// Waits until no other process compiles into this cache, and returns a descriptor to close when that is done; -1 if the file
// system has no locks. The kernel lets go of a lock whose process was killed.
int fhrl_user_model_cache_lock(const char *folder);

// Holds a library until the descriptor that it returns is closed, and marks it as used now; -1 if it is not there.
int fhrl_user_model_cache_hold(const char *library);

// Throws away all but the FHRL_USER_MODEL_CACHE_KEPT libraries that were used last, those that are held apart, and what
// compilers that were killed left. Under the lock. What cannot be removed stays.
void fhrl_user_model_cache_prune(const char *cache);
