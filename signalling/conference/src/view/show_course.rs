//! Builds the views of the course of a meeting out of the state.
//!
//! Called by `show` for snapshots and deltas. What a role may not see is left to `show`.

use super::{
    AgendaItemView, FloorView, PatrolView, RequestView, RollCallView, SiteView, SpokenView, StageView,
    TurnView,
};
use crate::floor::{FloorRequest, Queue, Turn};
use crate::{InvitedSite, Participant, State, TextId, Texts, stage};

fn words(texts: &Texts, id: Option<TextId>) -> String {
    id.map_or_else(String::new, |id| texts.text(id).to_owned())
}

pub(super) fn floor(state: &State, texts: &Texts) -> FloorView {
    let request = |request: &FloorRequest| RequestView {
        participant: request.participant,
        subject: words(texts, request.subject),
        since_ms: request.since.map(|at| at.0),
    };
    let queue = |queue: Queue| state.floor().queue(queue).iter().map(request).collect();
    FloorView {
        open: state.floor().is_open(),
        limit_ms: state.floor().limit_ms(),
        turn: state.floor().turn().map(|it| turn(texts, it)),
        speech: queue(Queue::Speech),
        question: queue(Queue::Question),
    }
}

fn turn(texts: &Texts, turn: &Turn) -> TurnView {
    TurnView {
        number: turn.number,
        participant: turn.participant,
        name: texts.text(turn.speaker.unwrap_or(turn.name)).to_owned(),
        position: words(texts, turn.position),
        site: turn.site.as_ref().map_or_else(|| texts.text(turn.unit), |site| texts.site(site)).to_owned(),
        queue: turn.queue,
        subject: words(texts, turn.subject),
        since_ms: turn.since.0,
        limit_ms: turn.limit_ms,
        held_until_ms: turn.held_until.map(|until| until.0),
    }
}

pub(super) fn spoken(state: &State, participant: &Participant) -> Option<SpokenView> {
    let spoken = state.floor().spoken(participant.person)?;
    Some(SpokenView { turns: spoken.turns, total_ms: spoken.total_ms })
}

pub(super) fn stage(state: &State) -> StageView {
    let stage::Shown { layout, of, pictures } = stage::shown(state);
    let set = state.stage();
    StageView { layout, of, pictures, chosen: set.chosen.clone(), free: set.free }
}

pub(super) fn agenda(state: &State, texts: &Texts) -> Vec<AgendaItemView> {
    let item = |item: &crate::agenda::AgendaItem| AgendaItemView {
        item: item.plan.item,
        title: texts.text(item.plan.title).to_owned(),
        speakers: words(texts, item.plan.speakers),
        minutes: item.plan.minutes,
        opened_ms: item.opened.map(|at| at.0),
        took_ms: item.took_ms,
        done: item.done,
        conclusion: words(texts, item.conclusion),
    };
    state.agenda().items().iter().map(item).collect()
}

pub(super) fn sites(state: &State, texts: &Texts) -> Vec<SiteView> {
    state.sites().iter().map(|it| site(it, texts)).collect()
}

pub(super) fn site(site: &InvitedSite, texts: &Texts) -> SiteView {
    let found = site.found.as_ref();
    SiteView {
        id: site.id.clone(),
        name: texts.site(&site.id).to_owned(),
        group: texts.sites.get(&site.id).map_or_else(String::new, |words| words.group.clone()),
        due: site.due,
        result: found.map(|found| found.result),
        marked_ms: found.map(|found| found.at.0),
        note: words(texts, found.and_then(|found| found.note)),
        people: found.and_then(|found| found.people),
        names: words(texts, found.and_then(|found| found.names)),
        called_ms: site.called.map(|at| at.0),
        caption: words(texts, site.caption),
    }
}

pub(super) fn roll_call(state: &State) -> Option<RollCallView> {
    let roll = state.roll_call()?;
    let left = state.sites().iter().filter(|site| site.due).count();
    Some(RollCallView {
        number: roll.number,
        phase: roll.phase,
        started_ms: roll.started.0,
        walk: roll.walk,
        left: u32::try_from(left).unwrap_or(u32::MAX),
        current: roll.current.clone(),
        current_since_ms: roll.current_since.map(|at| at.0),
    })
}

pub(super) fn patrol(state: &State) -> Option<PatrolView> {
    let patrol = state.patrol()?;
    Some(PatrolView {
        everybody: patrol.everybody,
        stay_ms: patrol.stay_ms,
        sites: patrol.sites.clone(),
        site: patrol.site.clone(),
        until_ms: patrol.until.0,
    })
}
