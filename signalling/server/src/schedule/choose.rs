//! From what is asked for to the sites and times of a plan: resolved, checked, bounded.
//!
//! Called where meetings are made, changed and checked for clashes. Refuses with the name of the field.

use super::{AHEAD_MS, Desk, LABEL_LIMIT, MINUTES_LIMIT, NOTE_LIMIT, TITLE_LIMIT, bad};
use crate::meetings::checked_text;
use crate::protocol::api::ApiError;
use crate::protocol::meetings::PlannedItem;
use crate::store::{InvitedSite, Meetings as _, Site};
use conference::agenda::{MAX_ITEM_MINUTES, MAX_ITEMS, MAX_TITLE_CHARS};
use conference::{MAX_SITES, Timestamp};
use std::collections::BTreeSet;

/// Which sites are asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choice<'a> {
    pub sites: &'a [String],
    /// Each brings every site below it.
    pub trees: &'a [String],
    pub sectors: &'a [String],
}

/// Everything below `root` in a tree, and it.
fn below<'a>(sites: &'a [Site], root: &'a str, into: &mut BTreeSet<&'a str>) {
    let mut open = vec![root];
    while let Some(next) = open.pop() {
        if into.insert(next) {
            open.extend(sites.iter().filter(|s| s.parent.as_deref() == Some(next)).map(|s| s.id.as_str()));
        }
    }
}

impl Choice<'_> {
    /// The chosen sites in the order of their trees; the first tree that has an id or a sector counts.
    pub(crate) async fn resolve(&self, desk: &Desk<'_>) -> Result<Vec<InvitedSite>, ApiError> {
        let set = |list: &[String]| list.iter().cloned().collect::<BTreeSet<String>>();
        let (mut sites, mut trees, mut sectors) = (set(self.sites), set(self.trees), set(self.sectors));
        let mut invited = Vec::with_capacity(sites.len());
        for tree in desk.store.site_trees().await? {
            if sites.is_empty() && trees.is_empty() && sectors.is_empty() {
                break;
            }
            let known = desk.store.sites(&tree).await?;
            let mut chosen = BTreeSet::new();
            for site in &known {
                if sites.remove(&site.id) {
                    chosen.insert(site.id.as_str());
                }
                if trees.remove(&site.id) {
                    below(&known, &site.id, &mut chosen);
                }
            }
            let of_sector =
                |site: &&Site| site.sector.as_ref().is_some_and(|sector| sectors.contains(sector));
            let of_sectors: Vec<&Site> = known.iter().filter(of_sector).collect();
            chosen.extend(of_sectors.iter().map(|site| site.id.as_str()));
            for site in &of_sectors {
                sectors.remove(site.sector.as_deref().unwrap_or_default());
            }
            let is_chosen = |site: &&Site| chosen.contains(site.id.as_str());
            let place = |site: &Site| InvitedSite { tree: tree.clone(), id: site.id.clone() };
            invited.extend(known.iter().filter(is_chosen).map(place));
        }
        for (left, field) in [(&sites, "sites"), (&trees, "trees"), (&sectors, "sectors")] {
            if !left.is_empty() {
                return Err(bad(field));
            }
        }
        if invited.len() > MAX_SITES { Err(bad("sites")) } else { Ok(invited) }
    }
}

pub(super) fn title(text: &str) -> Result<String, ApiError> {
    checked_text("title", text, 1, TITLE_LIMIT)
}

pub(super) fn label(text: &str) -> Result<String, ApiError> {
    checked_text("label", text, 0, LABEL_LIMIT)
}

pub(crate) fn note(text: &str) -> Result<String, ApiError> {
    // A note has lines; each is checked by itself.
    let lines: Result<Vec<String>, ApiError> =
        text.trim().lines().map(|line| checked_text("note", line, 0, NOTE_LIMIT)).collect();
    let note = lines?.join("\n");
    if note.chars().count() > NOTE_LIMIT {
        let limit = u32::try_from(NOTE_LIMIT).unwrap_or(u32::MAX);
        return Err(ApiError::TextLength { field: "note".to_owned(), limit });
    }
    Ok(note)
}

pub(super) fn minutes(minutes: u32) -> Result<u32, ApiError> {
    if (1..=MINUTES_LIMIT).contains(&minutes) { Ok(minutes) } else { Err(bad("minutes")) }
}

/// A start from an hour ago on: what has just begun may still be entered.
pub(super) fn start(desk: &Desk<'_>, at_ms: i64) -> Result<Timestamp, ApiError> {
    let (first, last) = (desk.now.plus_ms(-3_600_000).0, desk.now.plus_ms(AHEAD_MS).0);
    if (first..=last).contains(&at_ms) { Ok(Timestamp(at_ms)) } else { Err(bad("starts_ms")) }
}

pub(super) fn agenda(items: &[PlannedItem]) -> Result<Vec<PlannedItem>, ApiError> {
    if items.len() > MAX_ITEMS {
        return Err(bad("agenda"));
    }
    let checked = |item: &PlannedItem| {
        if item.minutes > MAX_ITEM_MINUTES {
            return Err(bad("agenda.minutes"));
        }
        Ok(PlannedItem {
            title: checked_text("agenda.title", &item.title, 1, MAX_TITLE_CHARS as usize)?,
            speakers: checked_text("agenda.speakers", &item.speakers, 0, MAX_TITLE_CHARS as usize)?,
            minutes: item.minutes,
        })
    };
    items.iter().map(checked).collect()
}
