//! Demo data: what `serve --demo` lays into the store.
//!
//! Sites, accounts and conferences are embedded files (demo/README.md); passwords are made at the
//! first start and kept in the data folder. Nothing here is used without `--demo`.

mod accounts;
mod sites;

pub use accounts::DemoAccount;

use crate::data_folder::DataFolder;
use crate::failure::Failure;
use serde::Deserialize;
use signalling_server::store::{Database, Meeting, Meetings, Site};
use signalling_server::{ConferenceId, Settings, Timestamp};

/// The conference whose link is printed.
pub const CONFERENCE: &str = "demo";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConferenceFile {
    conference: Vec<DemoConference>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoConference {
    id: ConferenceId,
    title: String,
    label: String,
    waiting_room: bool,
    guests: bool,
    always_open: bool,
}

fn conferences() -> Vec<DemoConference> {
    let file: ConferenceFile = toml::from_str(include_str!("../../demo/conferences.toml"))
        .expect("embedded files are read by a test");
    file.conference
}

/// Lays sites, accounts and conferences into `store`; what is there already stays as it is but
/// for names and settings. Returns the accounts with their passwords.
///
/// # Errors
/// Failures of the store or of the file with the passwords.
pub async fn seed(
    store: &Database,
    folder: &DataFolder,
    participants: u32,
    now: Timestamp,
) -> Result<Vec<DemoAccount>, Failure> {
    for tree in sites::trees() {
        let sites: Vec<Site> = tree.sites.into_iter().map(Site::from).collect();
        store.replace_sites(&tree.id, &sites).await?;
    }
    let accounts = accounts::seed(store, folder, now).await?;
    for conference in conferences() {
        let meeting = Meeting {
            id: conference.id,
            title: conference.title,
            label: conference.label,
            settings: Settings {
                waiting_room: conference.waiting_room,
                guests: conference.guests,
                always_open: conference.always_open,
                limit: participants,
                opens: None,
                ..Settings::default()
            },
            created_by: None,
            created: now,
        };
        store.import_meeting(&meeting).await?;
    }
    Ok(accounts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::is_nfc;

    #[test]
    fn demo_conference_is_open_to_guests_and_another_has_a_waiting_room() {
        let all = conferences();
        let demo = all.iter().find(|c| c.id.as_str() == CONFERENCE).expect("it is there");
        assert!(demo.guests && demo.always_open && !demo.waiting_room);
        assert!(all.iter().any(|c| c.waiting_room));
        assert!(all.iter().all(|c| is_nfc(&c.title) && is_nfc(&c.label)));
    }
}
