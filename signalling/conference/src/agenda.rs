//! The agenda in the running meeting: items, their time, their conclusions.
//!
//! Called by `decide` and `evolve`. One item is open at most; what it took is added up over openings.

use crate::actor::{Actor, By};
use crate::chapter::{self, ChapterOf};
use crate::words::{Said, checked, required};
use crate::{Act, Event, Refusal, State, TextId, Timestamp};
use serde::{Deserialize, Serialize};

/// Most items of an agenda.
pub const MAX_ITEMS: usize = 100;
/// Longest title of an item and list of its speakers, in characters.
pub const MAX_TITLE_CHARS: u32 = 300;
/// Longest conclusion, in characters.
pub const MAX_CONCLUSION_CHARS: u32 = 4000;
/// Longest time that an item can be planned for, in minutes.
pub const MAX_ITEM_MINUTES: u32 = 24 * 60;

/// What is asked about the agenda.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgendaAsk {
    /// The whole list, in order. An item keeps what happened in it by its number.
    Set {
        items: Vec<ItemAsk>,
    },
    /// Opens an item; one that is open ends.
    Open {
        item: u32,
    },
    Close,
    Conclude {
        item: u32,
        conclusion: Said,
    },
}

/// One item as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemAsk {
    /// Of an item that is there; a new one without.
    pub item: Option<u32>,
    pub title: Said,
    pub speakers: Option<Said>,
    pub minutes: u32,
}

/// What has happened to the agenda.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum AgendaEvent {
    Set { items: Vec<ItemPlan>, by: By },
    Opened { item: u32, at: Timestamp, by: By },
    Closed { item: u32, at: Timestamp, took_ms: u64, by: By },
    Concluded { item: u32, conclusion: TextId, at: Timestamp, by: By },
}

/// One item as planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemPlan {
    pub item: u32,
    pub title: TextId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speakers: Option<TextId>,
    pub minutes: u32,
}

/// One item as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgendaItem {
    pub plan: ItemPlan,
    /// Since when it is open.
    pub opened: Option<Timestamp>,
    /// What it took before it was opened last.
    pub took_ms: u64,
    /// It was open and is not any more.
    pub done: bool,
    pub conclusion: Option<TextId>,
}

/// The items in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agenda {
    pub(crate) items: Vec<AgendaItem>,
    pub(crate) last: u32,
}

impl Agenda {
    /// The items in order.
    #[must_use]
    pub fn items(&self) -> &[AgendaItem] {
        &self.items
    }

    /// The item that is open.
    #[must_use]
    pub fn open(&self) -> Option<&AgendaItem> {
        self.items.iter().find(|item| item.opened.is_some())
    }

    pub(crate) fn texts(&self) -> impl Iterator<Item = TextId> {
        let of = |item: &AgendaItem| [Some(item.plan.title), item.plan.speakers, item.conclusion];
        self.items.iter().flat_map(of).flatten()
    }

    fn item(&self, item: u32) -> Result<&AgendaItem, Refusal> {
        self.items.iter().find(|known| known.plan.item == item).ok_or(Refusal::NoSuchItem { item })
    }
}

pub(crate) fn decide(
    state: &State,
    now: Timestamp,
    by: Actor,
    ask: AgendaAsk,
) -> Result<Vec<Event>, Refusal> {
    let by = state.authorise_actor(by, Act::RunAgenda)?;
    match ask {
        AgendaAsk::Set { items } => set(state, now, by, items),
        AgendaAsk::Open { item } => {
            if state.agenda.item(item)?.opened.is_some() {
                return Ok(Vec::new());
            }
            let mut events: Vec<Event> = closing(state, now, by).into_iter().collect();
            events.push(Event::Agenda(AgendaEvent::Opened { item, at: now, by }));
            events.push(chapter::written(state, now, ChapterOf::Item { item }));
            Ok(events)
        }
        AgendaAsk::Close => Ok(closing(state, now, by).into_iter().collect()),
        AgendaAsk::Conclude { item, conclusion } => {
            state.agenda.item(item)?;
            let conclusion = required(conclusion, MAX_CONCLUSION_CHARS)?;
            Ok(vec![Event::Agenda(AgendaEvent::Concluded { item, conclusion, at: now, by })])
        }
    }
}

fn set(state: &State, now: Timestamp, by: By, asked: Vec<ItemAsk>) -> Result<Vec<Event>, Refusal> {
    if asked.len() > MAX_ITEMS {
        return Err(Refusal::AgendaFull { limit: u32::try_from(MAX_ITEMS).unwrap_or(u32::MAX) });
    }
    let mut last = state.agenda.last;
    let mut items: Vec<ItemPlan> = Vec::with_capacity(asked.len());
    for ask in asked {
        let item = match ask.item {
            Some(item) => state.agenda.item(item)?.plan.item,
            None => {
                last = last.saturating_add(1);
                last
            }
        };
        if items.iter().any(|known| known.item == item) {
            return Err(Refusal::NoSuchItem { item });
        }
        let title = required(ask.title, MAX_TITLE_CHARS)?;
        let speakers = checked(ask.speakers, MAX_TITLE_CHARS)?;
        if ask.minutes > MAX_ITEM_MINUTES {
            return Err(Refusal::BadTime { limit_ms: MAX_ITEM_MINUTES * 60_000 });
        }
        items.push(ItemPlan { item, title, speakers, minutes: ask.minutes });
    }
    let open = state.agenda.open().filter(|open| items.iter().all(|kept| kept.item != open.plan.item));
    let mut events: Vec<Event> = open.and_then(|_| closing(state, now, by)).into_iter().collect();
    events.push(Event::Agenda(AgendaEvent::Set { items, by }));
    Ok(events)
}

/// The meeting ends.
pub(crate) fn at_the_end(state: &State, now: Timestamp, by: Actor) -> Option<Event> {
    closing(state, now, by.by())
}

fn closing(state: &State, now: Timestamp, by: By) -> Option<Event> {
    let open = state.agenda.open()?;
    let took = open.opened.map_or(0, |at| now.0.saturating_sub(at.0));
    let took_ms = open.took_ms.saturating_add(u64::try_from(took).unwrap_or(0));
    Some(Event::Agenda(AgendaEvent::Closed { item: open.plan.item, at: now, took_ms, by }))
}

pub(crate) fn carry_out(state: &mut State, event: &AgendaEvent) {
    let agenda = &mut state.agenda;
    let find =
        |items: &mut Vec<AgendaItem>, item: u32| items.iter().position(|known| known.plan.item == item);
    match event {
        AgendaEvent::Set { items, .. } => {
            let mut before = std::mem::take(&mut agenda.items);
            let mut keep = |plan: &ItemPlan| match find(&mut before, plan.item) {
                Some(place) => AgendaItem { plan: *plan, ..before.swap_remove(place) },
                None => AgendaItem { plan: *plan, opened: None, took_ms: 0, done: false, conclusion: None },
            };
            agenda.items = items.iter().map(&mut keep).collect();
            agenda.last = items.iter().map(|plan| plan.item).fold(agenda.last, u32::max);
        }
        AgendaEvent::Opened { item, at, .. } => {
            if let Some(place) = find(&mut agenda.items, *item) {
                agenda.items[place].opened = Some(*at);
                agenda.items[place].done = false;
            }
        }
        AgendaEvent::Closed { item, took_ms, .. } => {
            if let Some(place) = find(&mut agenda.items, *item) {
                agenda.items[place].opened = None;
                agenda.items[place].took_ms = *took_ms;
                agenda.items[place].done = true;
            }
        }
        AgendaEvent::Concluded { item, conclusion, .. } => {
            if let Some(place) = find(&mut agenda.items, *item) {
                agenda.items[place].conclusion = Some(*conclusion);
            }
        }
    }
}

impl AgendaEvent {
    pub(crate) fn texts(&self) -> Vec<TextId> {
        match self {
            Self::Set { items, .. } => {
                items.iter().flat_map(|plan| [Some(plan.title), plan.speakers]).flatten().collect()
            }
            Self::Concluded { conclusion, .. } => vec![*conclusion],
            _ => Vec::new(),
        }
    }
}
