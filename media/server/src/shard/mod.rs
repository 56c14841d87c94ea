//! One media shard.
pub(crate) mod arena;
pub(crate) mod mailbox;
pub(crate) mod path;
pub(crate) mod socket;
