//! One media shard.
pub(crate) mod addresses;
pub(crate) mod arena;
pub(crate) mod links;
pub(crate) mod mailbox;
pub(crate) mod path;
pub(crate) mod socket;
pub(crate) mod tcp;
pub(crate) mod wire;
