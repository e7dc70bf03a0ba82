//! Locks a worker process of this program: limits of resources, Landlock, seccomp.
