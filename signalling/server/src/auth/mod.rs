//! Who somebody is: accounts, guests, bearers of tokens.
//!
//! Called by `http` and `deploy/diemcau`. Says who and with which role; what a role may do is
//! decided by `conference::role` alone.

pub mod cookie;
mod identity;
mod key;
pub mod lockout;
mod login;
pub mod password;
pub mod token;

pub use identity::{Identity, identify};
pub use key::{Purpose, ServerKey};
pub use login::{LoginRefused, SignIn, USER_LIMIT_BYTES, folded_user};
