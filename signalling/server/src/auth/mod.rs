//! Who somebody is: accounts, guests, bearers of tokens.
//!
//! Called by `http` and `deploy/diemcau`. Says who and with which role; what a role may do is
//! decided by `conference::role` alone.

pub mod cookie;
mod key;
pub mod lockout;
pub mod password;
pub mod token;

pub use key::{Purpose, ServerKey};
