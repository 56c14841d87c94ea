//! Grammar of everything that arrives from outside or leaves as bytes: no allocation, and no state but
//! the structure that dependency descriptors refer to.
//!
//! Called by the shard (demultiplexing), `transport` and `stream`. Nothing here may
//! allocate per packet or trust a length field; each parser of outside bytes has a fuzz target.

pub mod demux;
pub mod descriptor;
pub mod negotiated;
pub mod numbers;
pub mod opening;
pub mod rtcp;
pub mod rtcp_write;
pub mod rtp;
pub mod rtp_write;
pub mod stun;
pub mod tcp_frame;
pub mod twcc;
