//! Takes bytes from disks, portals, HTTP and ICAP to locked scan workers, and writes what they found.
