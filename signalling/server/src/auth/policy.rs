//! What accounts need beyond a right password: who needs a second factor, how old a password may be,
//! which networks are inside.
//!
//! Made by `deploy/diemcau` from the settings; asked by `auth::login` and by the HTTP layer. Pure.

use super::invitation;
use crate::store::Account;
use conference::{Role, Timestamp};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::time::Duration;
use ts_rs::TS;
use utoipa::ToSchema;

/// Networks that are inside unless others are set: private, link-local and loopback addresses.
pub const INSIDE_NETWORKS: [&str; 8] = [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "127.0.0.0/8",
    "fc00::/7",
    "fe80::/10",
    "::1/128",
];
/// Longest that an administrator keeps a password.
pub const ADMINISTRATOR_PASSWORD_AGE: Duration = Duration::from_secs(60 * 24 * 3600);

/// What somebody who has signed in must do before anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// Signed in with a one-time code: set a password.
    SetPassword,
    /// An administrator's password is too old: set another one.
    RenewPassword,
    /// An administrator without a second factor: set it up.
    SetUpSecondFactor,
}

/// The rules of this installation.
#[derive(Clone, Debug)]
pub struct AccountPolicy {
    pub inside_networks: Vec<IpNet>,
    /// A demo offers the second factor and the new password, and demands neither.
    pub is_enforced: bool,
}

impl Default for AccountPolicy {
    fn default() -> Self {
        let inside = INSIDE_NETWORKS.iter().map(|text| text.parse().expect("a constant network"));
        Self { inside_networks: inside.collect(), is_enforced: true }
    }
}

/// Whether the stricter rules of administrators hold for `role`.
#[must_use]
pub const fn is_administrator(role: Role) -> bool {
    matches!(role, Role::Administrator | Role::UnitAdministrator)
}

impl AccountPolicy {
    /// Whether a request from `address` must rest on a second factor.
    #[must_use]
    pub fn needs_second_factor_from(&self, address: IpAddr) -> bool {
        self.is_enforced && !self.inside_networks.iter().any(|network| network.contains(&address))
    }

    /// Whether somebody of `role` may not do without.
    #[must_use]
    pub const fn needs_second_factor(&self, role: Role) -> bool {
        self.is_enforced && is_administrator(role)
    }

    /// When the password of `account` must be renewed.
    #[must_use]
    pub fn password_ends(&self, account: &Account) -> Option<Timestamp> {
        let age_ms = i64::try_from(ADMINISTRATOR_PASSWORD_AGE.as_millis()).unwrap_or(i64::MAX);
        (self.is_enforced && is_administrator(account.role)).then(|| account.password_set.plus_ms(age_ms))
    }

    /// What the holder of `account` must do first, at `now`.
    #[must_use]
    pub fn duty(&self, account: &Account, now: Timestamp) -> Option<Duty> {
        if invitation::is_invitation(&account.password_hash) {
            return Some(Duty::SetPassword);
        }
        if self.password_ends(account).is_some_and(|end| end <= now) {
            return Some(Duty::RenewPassword);
        }
        let lacks = !account.second_factor && self.needs_second_factor(account.role);
        lacks.then_some(Duty::SetUpSecondFactor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_and_own_addresses_are_inside_and_all_others_outside() {
        let policy = AccountPolicy::default();
        let outside = |text: &str| policy.needs_second_factor_from(text.parse().expect("an address"));
        for inside in ["10.1.2.3", "172.31.0.1", "192.168.1.7", "127.0.0.1", "::1", "fd00::7", "fe80::1"] {
            assert!(!outside(inside), "{inside}");
        }
        for far in ["203.0.113.9", "172.32.0.1", "2001:db8::1", "11.0.0.1"] {
            assert!(outside(far), "{far}");
        }
        let lenient = AccountPolicy { is_enforced: false, ..AccountPolicy::default() };
        assert!(!lenient.needs_second_factor_from("203.0.113.9".parse().expect("an address")));
    }
}
