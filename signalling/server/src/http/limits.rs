//! The rate tables of the HTTP side.
//!
//! Asked by the router's layers and handlers before any work is done. Each table is bounded; see
//! [`RateTable`].

use super::error::too_many;
use crate::config::Limits;
use crate::protocol::api::ApiError;
use crate::rate::{Rate, RateTable, address_key};
use conference::PersonId;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

struct Table<K> {
    name: &'static str,
    buckets: Mutex<RateTable<K>>,
}

impl<K: Hash + Eq> Table<K> {
    fn new(name: &'static str, rate: Rate, limits: &Limits) -> Self {
        let buckets = RateTable::new(rate, limits.rate_table_entries, Instant::now());
        Self { name, buckets: Mutex::new(buckets) }
    }

    fn take(&self, key: K) -> Result<(), ApiError> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.take(Instant::now(), key, 1).map_err(|wait| {
            metrics::counter!("vc_http_rate_refused_total", "limit" => self.name).increment(1);
            too_many(wait)
        })
    }
}

/// Every rate table.
pub(crate) struct RateLimits {
    requests: Table<IpAddr>,
    connects: Table<IpAddr>,
    logins: Table<IpAddr>,
    guests: Table<IpAddr>,
    checks: Table<IpAddr>,
    visitors: Table<IpAddr>,
    connects_of_person: Table<PersonId>,
    conferences_of_person: Table<PersonId>,
}

impl RateLimits {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            requests: Table::new("requests", limits.requests_per_address, limits),
            connects: Table::new("connects", limits.connects_per_address, limits),
            logins: Table::new("logins", limits.logins_per_address, limits),
            guests: Table::new("guests", limits.guests_per_address, limits),
            checks: Table::new("checks", limits.checks_per_address, limits),
            visitors: Table::new("visitors", limits.strangers_per_address, limits),
            connects_of_person: Table::new("person", limits.connects_per_person, limits),
            conferences_of_person: Table::new("created", limits.conferences_per_person, limits),
        }
    }

    pub(crate) fn request(&self, address: IpAddr) -> Result<(), ApiError> {
        self.requests.take(address_key(address))
    }

    pub(crate) fn connect(&self, address: IpAddr) -> Result<(), ApiError> {
        self.connects.take(address_key(address))
    }

    pub(crate) fn connect_of(&self, person: PersonId) -> Result<(), ApiError> {
        self.connects_of_person.take(person)
    }

    pub(crate) fn login(&self, address: IpAddr) -> Result<(), ApiError> {
        self.logins.take(address_key(address))
    }

    pub(crate) fn guest(&self, address: IpAddr) -> Result<(), ApiError> {
        self.guests.take(address_key(address))
    }

    pub(crate) fn check(&self, address: IpAddr) -> Result<(), ApiError> {
        self.checks.take(address_key(address))
    }

    /// A program without a good token.
    pub(crate) fn visitor(&self, address: IpAddr) -> Result<(), ApiError> {
        self.visitors.take(address_key(address))
    }

    pub(crate) fn conference_of(&self, person: PersonId) -> Result<(), ApiError> {
        self.conferences_of_person.take(person)
    }
}
