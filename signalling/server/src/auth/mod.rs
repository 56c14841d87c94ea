//! Who somebody is: accounts, guests, bearers of tokens.
//!
//! Called by `http` and `deploy/diemcau`. Says who and with which role; what a role may do is
//! decided by `conference::role` alone.

pub mod cookie;
mod identity;
pub mod invitation;
mod key;
pub mod lockout;
mod login;
mod own_account;
pub mod password;
mod policy;
pub mod rules;
mod second_factor;
mod sessions;
pub mod token;

pub use identity::{Identity, activity, identify};
pub use key::{Purpose, ServerKey};
pub use login::{CameFrom, LoginRefused, SignIn, USER_LIMIT_BYTES, folded_user};
pub use own_account::ChangeRefused;
pub use policy::{AccountPolicy, Duty, INSIDE_NETWORKS, is_administrator};
pub use second_factor::SharedSecret;
pub use sessions::{Activity, SignedIn, session_name};
