//! Checks every row against the key and every chain against the exported heads.
//!
//! Called by `diemcau journal verify`, also beside a running server. Reads only.

use super::error::JournalFailure;
use super::examine::{Seen, examine};
use super::head::{self, Heads};
use super::report::{Finding, Report};
use super::{GENESIS, HEAD_FILE, JournalKey, KEY_FACT, KEY_FILE};
use crate::store::{Database, Facts, Rows, Tail};
use media_control::ConferenceId;
use std::collections::BTreeSet;
use std::path::Path;

/// Rows read at once.
const PAGE_ROWS: u32 = 1000;

/// Verifies the journal of a data folder with the key and head file in it.
///
/// # Errors
/// `Key…` when there is no usable key, `WrongKey`, `Head` when the head file cannot be read,
/// `Store`. What is wrong with the journal is no error but a [`Finding`].
pub async fn verify_folder(store: &Database, folder: &Path) -> Result<Report, JournalFailure> {
    let key = JournalKey::load(&folder.join(KEY_FILE))?;
    verify(store, &key, &folder.join(HEAD_FILE)).await
}

/// Verifies the journal in `store` with the exported heads in `head_file`.
///
/// # Errors
/// As [`verify_folder`].
pub async fn verify(store: &Database, key: &JournalKey, head_file: &Path) -> Result<Report, JournalFailure> {
    let identity = key.identity();
    if store.fact_or_set(KEY_FACT, &identity).await? != identity {
        return Err(JournalFailure::WrongKey);
    }
    let mut report = Report::default();
    // Before the rows: what is committed meanwhile then lies beyond the heads, which is sound.
    let heads = match head::read(head_file, key) {
        Ok(heads) => heads,
        Err(JournalFailure::HeadForged { line, .. }) => {
            report.add([Finding::HeadForged { line }]);
            Some(Heads::default())
        }
        Err(failure) => return Err(failure),
    };
    let mut conferences: BTreeSet<ConferenceId> = BTreeSet::new();
    for name in store.conferences_with_rows().await? {
        match ConferenceId::new(&name) {
            Ok(conference) => drop(conferences.insert(conference)),
            Err(_) => report.add([Finding::NoConference { name }]),
        }
    }
    if heads.is_none() && !conferences.is_empty() {
        report.add([Finding::HeadMissing]);
    }
    let heads = heads.unwrap_or_default();
    conferences.extend(heads.by_conference.keys().cloned());
    for conference in conferences {
        let head = heads.by_conference.get(&conference).copied();
        verify_conference(store, key, &conference, head, &mut report).await?;
    }
    Ok(report)
}

async fn verify_conference(
    store: &Database,
    key: &JournalKey,
    conference: &ConferenceId,
    head: Option<Tail>,
    report: &mut Report,
) -> Result<(), JournalFailure> {
    report.conferences += 1;
    let mut tail = Tail { seq: 0, hash: GENESIS };
    let mut is_sound = true;
    'pages: loop {
        let page = store.rows(conference, tail.seq + 1, PAGE_ROWS).await?;
        for row in &page {
            let follows = row.seq == tail.seq + 1 && row.previous == tail.hash;
            if !follows || row.hash != key.link(row, row.seq) {
                is_sound = false;
                break 'pages;
            }
            tail = Tail { seq: row.seq, hash: row.hash };
            is_sound &= head.is_none_or(|head| head.seq != tail.seq || head.hash == tail.hash);
        }
        if page.len() < PAGE_ROWS as usize {
            break;
        }
    }
    is_sound &= head.is_none_or(|head| head.seq <= tail.seq);
    if is_sound {
        report.rows += tail.seq;
        report.unexported_rows += tail.seq - head.map_or(0, |head| head.seq);
        return Ok(());
    }
    let rows = every_row(store, key, conference).await?;
    report.rows += rows.len() as u64;
    report.add(examine(conference, &rows, head));
    Ok(())
}

async fn every_row(
    store: &Database,
    key: &JournalKey,
    conference: &ConferenceId,
) -> Result<Vec<Seen>, JournalFailure> {
    let (mut seen, mut next) = (Vec::new(), 1);
    loop {
        let page = store.rows(conference, next, PAGE_ROWS).await?;
        seen.extend(page.iter().map(|row| Seen::new(key, row)));
        match page.last() {
            Some(last) if page.len() == PAGE_ROWS as usize => next = last.seq + 1,
            _ => return Ok(seen),
        }
    }
}
