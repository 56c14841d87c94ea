//! The system calls that the standard library does not offer: epoll, batched datagrams, CPU
//! pinning, processor time, interface addresses. Called by `shard` and by `config`; the only place in this crate
//! with `unsafe`, and nothing here knows what a packet means.

pub(crate) mod affinity;
pub(crate) mod cpu;
pub(crate) mod datagram;
pub(crate) mod interfaces;
pub(crate) mod limits;
pub(crate) mod peer;
pub(crate) mod poll;
