//! Columns to values and back, the same for both databases.
//!
//! Called by `sqlite` and `postgres`. A column that holds what this program never writes is a
//! failure, never a guess.

use super::StoreFailure;
use super::error::Unique;
use super::record::SessionKind;
use conference::Role;
use media_control::ConferenceId;
use serde::Deserialize;
use serde::de::value::{Error as WordError, StrDeserializer};

pub(super) fn role_word(role: Role) -> &'static str {
    match role {
        Role::Chair => "chair",
        Role::Secretary => "secretary",
        Role::Delegate => "delegate",
        Role::Listener => "listener",
        Role::SiteOperator => "site_operator",
        Role::DutyOperator => "duty_operator",
        Role::Clerk => "clerk",
        Role::UnitAdministrator => "unit_administrator",
        Role::Administrator => "administrator",
    }
}

pub(super) fn role_of(word: &str) -> Result<Role, StoreFailure> {
    let word: StrDeserializer<'_, WordError> = serde::de::IntoDeserializer::into_deserializer(word);
    Role::deserialize(word).map_err(|_| StoreFailure::Unreadable { column: "role" })
}

/// The word of a setting without fields.
pub(super) fn setting_word(setting: impl serde::Serialize) -> String {
    let value = serde_json::to_value(setting).expect("words");
    value.as_str().expect("settings without fields are words").to_owned()
}

pub(super) fn setting_of<T: serde::de::DeserializeOwned>(
    word: String,
    column: &'static str,
) -> Result<T, StoreFailure> {
    serde_json::from_value(serde_json::Value::String(word)).map_err(|_| StoreFailure::Unreadable { column })
}

pub(super) const fn kind_word(kind: SessionKind) -> &'static str {
    match kind {
        SessionKind::Browser => "browser",
        SessionKind::Guest => "guest",
        SessionKind::Token => "token",
    }
}

pub(super) fn kind_of(word: &str) -> Result<SessionKind, StoreFailure> {
    match word {
        "browser" => Ok(SessionKind::Browser),
        "guest" => Ok(SessionKind::Guest),
        "token" => Ok(SessionKind::Token),
        _ => Err(StoreFailure::Unreadable { column: "kind" }),
    }
}

pub(super) fn conference_of(text: &str) -> Result<ConferenceId, StoreFailure> {
    ConferenceId::new(text).map_err(|_| StoreFailure::Unreadable { column: "conference" })
}

/// Ids and counters are below 2^63 because they count from 1.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn unsigned(number: i64, column: &'static str) -> Result<u64, StoreFailure> {
    u64::try_from(number).map_err(|_| StoreFailure::Unreadable { column })
}

pub(super) fn small<T: TryFrom<i64>>(number: i64, column: &'static str) -> Result<T, StoreFailure> {
    T::try_from(number).map_err(|_| StoreFailure::Unreadable { column })
}

pub(super) fn digest(bytes: Vec<u8>, column: &'static str) -> Result<[u8; 32], StoreFailure> {
    bytes.try_into().map_err(|_| StoreFailure::Unreadable { column })
}

/// `Taken(what)` when the error is a unique key's.
pub(super) fn taken(error: sqlx::Error, what: Unique) -> StoreFailure {
    if error.as_database_error().is_some_and(|e| e.is_unique_violation()) {
        StoreFailure::Taken(what)
    } else {
        StoreFailure::Sql(error)
    }
}

// Macros, because the two databases' row types share no object-safe trait.

macro_rules! read_person {
    ($row:expr) => {{
        let guest_of: Option<String> = $row.try_get("guest_of")?;
        $crate::store::record::Person {
            id: conference::PersonId(convert::unsigned($row.try_get("id")?, "id")?),
            name: $row.try_get("name")?,
            unit: $row.try_get("unit")?,
            guest_of: guest_of.as_deref().map(convert::conference_of).transpose()?,
        }
    }};
}

macro_rules! read_account {
    ($row:expr) => {{
        let role: String = $row.try_get("role")?;
        let locked_until: Option<i64> = $row.try_get("locked_until_ms")?;
        $crate::store::record::Account {
            person: convert::read_person!($row),
            user: $row.try_get("login")?,
            password_hash: $row.try_get("password_hash")?,
            role: convert::role_of(&role)?,
            failures: convert::small($row.try_get("failures")?, "failures")?,
            locked_until: locked_until.map(conference::Timestamp),
            disabled: $row.try_get("disabled")?,
            password_set: conference::Timestamp($row.try_get("password_set_ms")?),
            unit_code: $row.try_get("unit_code")?,
            second_factor: $row.try_get("second_factor")?,
        }
    }};
}

macro_rules! read_session {
    ($row:expr) => {{
        let kind: String = $row.try_get("kind")?;
        $crate::store::record::Session {
            token_hash: convert::digest($row.try_get("token_hash")?, "token_hash")?,
            person: conference::PersonId(convert::unsigned($row.try_get("person")?, "person")?),
            kind: convert::kind_of(&kind)?,
            created: conference::Timestamp($row.try_get("created_ms")?),
            expires: conference::Timestamp($row.try_get("expires_ms")?),
            seen: conference::Timestamp($row.try_get("seen_ms")?),
            address: $row.try_get("address")?,
            agent: $row.try_get("agent")?,
            second_factor: $row.try_get("second_factor")?,
        }
    }};
}

macro_rules! read_meeting {
    ($row:expr) => {{
        let id: String = $row.try_get("id")?;
        let created_by: Option<i64> = $row.try_get("created_by")?;
        let person = |id| convert::unsigned(id, "created_by").map(conference::PersonId);
        $crate::store::record::Meeting {
            id: convert::conference_of(&id)?,
            title: $row.try_get("title")?,
            label: $row.try_get("label")?,
            settings: conference::Settings {
                waiting_room: $row.try_get("waiting_room")?,
                guests: $row.try_get("guests")?,
                always_open: $row.try_get("always_open")?,
                opens: $row.try_get::<Option<i64>, _>("opens_ms")?.map(conference::Timestamp),
                limit: convert::small($row.try_get("participant_limit")?, "participant_limit")?,
                kind: convert::setting_of($row.try_get("kind")?, "kind")?,
                secrecy: convert::setting_of($row.try_get("secrecy")?, "secrecy")?,
            },
            created_by: created_by.map(person).transpose()?,
            created: conference::Timestamp($row.try_get("created_ms")?),
        }
    }};
}

macro_rules! read_site {
    ($row:expr) => {
        $crate::store::record::Site {
            id: $row.try_get("id")?,
            name: $row.try_get("name")?,
            kind: $row.try_get("kind")?,
            parent: $row.try_get("parent")?,
            sector: $row.try_get("sector")?,
            sample: $row.try_get("sample")?,
        }
    };
}

macro_rules! read_row {
    ($row:expr) => {{
        let conference: String = $row.try_get("conference")?;
        $crate::store::record::Row {
            conference: convert::conference_of(&conference)?,
            seq: convert::unsigned($row.try_get("seq")?, "seq")?,
            at: conference::Timestamp($row.try_get("at_ms")?),
            version: convert::small($row.try_get("version")?, "version")?,
            body: $row.try_get("body")?,
            previous: convert::digest($row.try_get("previous")?, "previous")?,
            hash: convert::digest($row.try_get("hash")?, "hash")?,
        }
    }};
}

macro_rules! read_tail {
    ($row:expr) => {
        $crate::store::record::Tail {
            seq: convert::unsigned($row.try_get("seq")?, "seq")?,
            hash: convert::digest($row.try_get("hash")?, "hash")?,
        }
    };
}

macro_rules! read_snapshot {
    ($row:expr) => {{
        let conference: String = $row.try_get("conference")?;
        $crate::store::record::SnapshotRow {
            conference: convert::conference_of(&conference)?,
            seq: convert::unsigned($row.try_get("seq")?, "seq")?,
            version: convert::small($row.try_get("version")?, "version")?,
            body: $row.try_get("body")?,
            seal: convert::digest($row.try_get("seal")?, "seal")?,
        }
    }};
}

pub(super) use {
    read_account, read_meeting, read_person, read_row, read_session, read_site, read_snapshot, read_tail,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_reads_back_from_its_word_and_no_other_word_does() {
        for word in [
            "chair",
            "secretary",
            "delegate",
            "listener",
            "site_operator",
            "duty_operator",
            "clerk",
            "unit_administrator",
            "administrator",
        ] {
            assert_eq!(role_word(role_of(word).unwrap()), word);
        }
        assert!(role_of("Chair").is_err());
        assert!(role_of("").is_err());
    }
}
