//! A small journal to try things on.

use crate::subject::Subject;
use conference::{Arrival, Event, PersonId, Role, Settings, TextId, Timestamp};
use media_control::{ConferenceId, ParticipantId};
use signalling_server::journal::{Batch, BatchText, Journal, Report, verify_folder};
use std::sync::Arc;

pub fn id(name: &str) -> ConferenceId {
    ConferenceId::new(name).expect("a good id")
}

pub async fn open(subject: &Subject) -> Journal {
    Journal::open(Arc::clone(&subject.store), subject.folder.path()).await.expect("a sound journal")
}

pub async fn verified(subject: &Subject) -> Report {
    verify_folder(&subject.store, subject.folder.path()).await.expect("readable journal")
}

/// Findings, one a line; `sound` when there is none.
pub async fn findings(subject: &Subject) -> String {
    let report = verified(subject).await;
    if report.is_sound() {
        return "sound\n".to_owned();
    }
    report.findings.iter().map(|finding| format!("{finding}\n")).collect()
}

pub fn batch(conference: &str, at: i64, events: Vec<Event>) -> Batch {
    let text = |id: TextId| BatchText { id, person: Some(PersonId(1)), body: format!("chữ {id}") };
    let texts = events.iter().flat_map(Event::texts).map(text).collect();
    Batch { conference: id(conference), at: Timestamp(at), events, texts }
}

pub fn arrival(number: u32) -> Event {
    Event::Joined(Arrival {
        participant: ParticipantId(number),
        person: PersonId(u64::from(number)),
        role: Role::Delegate,
        name: TextId(u64::from(number) * 2 - 1),
        unit: TextId(u64::from(number) * 2),
        site: None,
        microphone: true,
        camera: false,
    })
}

pub fn hand(number: u32) -> Event {
    Event::HandRaised { participant: ParticipantId(number) }
}

pub fn opened() -> Event {
    Event::Opened { settings: Settings::default() }
}

/// Conference `hop` with rows 1 to 6 and `kia` with rows 1 and 2, all exported.
pub async fn sample(subject: &Subject) -> Journal {
    let journal = open(subject).await;
    for conference in ["hop", "kia"] {
        journal.load(&id(conference)).await.expect("empty");
    }
    let batches = [
        batch("hop", 1, vec![opened(), arrival(1)]),
        batch("kia", 2, vec![opened(), arrival(1)]),
        batch("hop", 3, vec![arrival(2), hand(2), hand(1)]),
        batch("hop", 4, vec![Event::LockSet { locked: true, by: Some(ParticipantId(1)) }]),
    ];
    for batch in batches {
        journal.commit(&[batch]).await.expect("loaded");
        journal.export().await.expect("own folder");
    }
    journal
}
