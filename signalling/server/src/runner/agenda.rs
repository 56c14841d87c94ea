//! Loads the planned agenda into a conference that nobody has entered yet.
//!
//! Called when a conference's task starts. Once somebody was inside, the agenda is what they made of it.

use super::wording::Wording;
use crate::protocol::meetings::PlannedItem;
use crate::schedule::Details;
use crate::store::{Database, Meeting, Planning as _, StoreFailure};
use conference::agenda::{AgendaAsk, ItemAsk};
use conference::{Actor, Command, Event, PersonId, Role, State, TextId, Texts, Timestamp, decide};

/// The events that set the agenda, and its words.
type Loaded = (Vec<Event>, Vec<(TextId, String)>);

/// What sets the planned agenda; `None` when it stands already, or somebody was inside.
pub(super) async fn planned_agenda(
    store: &Database,
    meeting: &Meeting,
    state: &State,
    texts: &Texts,
    now: Timestamp,
) -> Result<Option<Loaded>, StoreFailure> {
    if !state.is_untouched() {
        return Ok(None);
    }
    let Some(planned) = store.planned(&meeting.id).await? else { return Ok(None) };
    let items = Details::of(&planned.plan).agenda;
    if stands(state, texts, &items) {
        return Ok(None);
    }
    let mut words = Wording::from(state.next_text());
    let ask = |item: &PlannedItem, words: &mut Wording| ItemAsk {
        item: None,
        title: words.always(&item.title),
        speakers: words.take(&item.speakers),
        minutes: item.minutes,
    };
    let items = items.iter().map(|item| ask(item, &mut words)).collect();
    let person = meeting.created_by.unwrap_or(PersonId(0));
    let by = Actor::Outside { person, role: Role::Secretary };
    let command = Command::Agenda { by, ask: AgendaAsk::Set { items } };
    // The plan was checked by the same limits; what they refuse today is left to who leads.
    let Ok(events) = decide(state, now, command) else { return Ok(None) };
    let bodies = words.words(None).map(|words| words.bodies).unwrap_or_default();
    Ok(Some((events, bodies)))
}

fn stands(state: &State, texts: &Texts, planned: &[PlannedItem]) -> bool {
    let items = state.agenda().items();
    let is_same = |(item, planned): (&conference::agenda::AgendaItem, &PlannedItem)| {
        let speakers = item.plan.speakers.map_or("", |speakers| texts.text(speakers));
        texts.text(item.plan.title) == planned.title
            && speakers == planned.speakers
            && item.plan.minutes == planned.minutes
    };
    items.len() == planned.len() && items.iter().zip(planned).all(is_same)
}
