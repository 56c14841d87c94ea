//! Rules of the floor.
//!
//! Called by `decide` and, when somebody goes or comes back, by `presence` and `lobby`. Asks who may
//! before it looks anything up.

use super::{
    FLOOR_HELD_MS, FloorAsk, FloorEvent, Grantee, LONGEST_TURN_MS, MAX_LINE_CHARS, Queue, Target, Turn,
    TurnEnd,
};
use crate::actor::{Actor, By};
use crate::chapter::{self, ChapterOf};
use crate::sites::resolve;
use crate::words::{Said, checked};
use crate::{Act, Event, PersonId, Refusal, SiteId, State, Timestamp, speaking};
use media_control::ParticipantId;

pub(crate) fn decide(state: &State, now: Timestamp, by: Actor, ask: FloorAsk) -> Result<Vec<Event>, Refusal> {
    match ask {
        FloorAsk::Request { who, queue, subject } => request(state, now, by, who.as_ref(), queue, subject),
        FloorAsk::Withdraw { who, queue } => withdraw(state, by, who.as_ref(), queue),
        FloorAsk::Move { who, queue, place } => move_to(state, by, &who, queue, place),
        FloorAsk::Grant { to, speaker, position, limit_ms, seen } => {
            grant(state, now, by, &Grant { to, speaker, position, limit_ms, seen })
        }
        FloorAsk::Release { seen } => release(state, now, by, seen),
        FloorAsk::Time { limit_ms } => set_time(state, by, limit_ms),
        FloorAsk::Registration { open } => {
            let by = state.authorise_actor(by, Act::GiveFloor)?;
            let is_news = state.floor.open != open;
            Ok(is_news
                .then_some(Event::Floor(FloorEvent::RegistrationSet { open, by }))
                .into_iter()
                .collect())
        }
    }
}

pub(crate) fn raise_hand(state: &State, now: Timestamp, by: ParticipantId) -> Result<Vec<Event>, Refusal> {
    request(state, now, by.into(), None, Queue::Speech, None)
}

pub(crate) fn lower_hand(
    state: &State,
    by: ParticipantId,
    participant: Option<ParticipantId>,
) -> Result<Vec<Event>, Refusal> {
    let who = participant.map(Target::Participant);
    withdraw(state, by.into(), who.as_ref(), Some(Queue::Speech))
}

/// The participant that an act about oneself or, with `act`, about somebody else means.
fn meant(
    state: &State,
    by: Actor,
    who: Option<&Target>,
    own: Act,
    other: Act,
) -> Result<(ParticipantId, By), Refusal> {
    let asker = match by {
        Actor::Inside(asker) => Some(asker),
        Actor::Outside { .. } => None,
    };
    match who {
        Some(Target::Participant(participant)) if Some(*participant) != asker => {
            let by = state.authorise_actor(by, other)?;
            Ok((state.admitted(*participant)?.id, by))
        }
        Some(Target::Site(site)) if asker.is_none_or(|asker| !stands_for(state, asker, site)) => {
            let by = state.authorise_actor(by, other)?;
            Ok((resolve(state, site)?, by))
        }
        Some(_) | None => {
            let Actor::Inside(asker) = by else { return Err(Refusal::NotInside) };
            Ok((asker, state.authorise_actor(by, own)?))
        }
    }
}

fn stands_for(state: &State, participant: ParticipantId, site: &SiteId) -> bool {
    state.participant(participant).is_some_and(|p| p.site.as_ref() == Some(site))
}

fn request(
    state: &State,
    now: Timestamp,
    by: Actor,
    who: Option<&Target>,
    queue: Queue,
    subject: Option<Said>,
) -> Result<Vec<Event>, Refusal> {
    let (participant, by_whom) = meant(state, by, who, Act::RaiseHand, Act::GiveFloor)?;
    let subject = checked(subject, MAX_LINE_CHARS)?;
    let leads = state.authorise_actor(by, Act::GiveFloor).is_ok();
    if !state.floor.open && !leads {
        return Err(Refusal::RegistrationClosed);
    }
    if state.floor.queue(queue).iter().any(|request| request.participant == participant) {
        return Ok(Vec::new());
    }
    Ok(vec![Event::Floor(FloorEvent::Requested { participant, queue, subject, at: now, by: by_whom })])
}

fn withdraw(
    state: &State,
    by: Actor,
    who: Option<&Target>,
    queue: Option<Queue>,
) -> Result<Vec<Event>, Refusal> {
    // Taking back is always possible: the right to ask may have been lost in between.
    let (participant, by) = meant(state, by, who, Act::Join, Act::LowerHands)?;
    let queues = queue.map_or_else(|| vec![Queue::Speech, Queue::Question], |queue| vec![queue]);
    Ok(withdrawals(state, participant, &queues, Some(by)))
}

fn withdrawals(state: &State, participant: ParticipantId, queues: &[Queue], by: Option<By>) -> Vec<Event> {
    let waits = |queue: &&Queue| state.floor.queue(**queue).iter().any(|r| r.participant == participant);
    let withdrawn = |queue: &Queue| Event::Floor(FloorEvent::Withdrawn { participant, queue: *queue, by });
    queues.iter().filter(waits).map(withdrawn).collect()
}

fn move_to(state: &State, by: Actor, who: &Target, queue: Queue, place: u32) -> Result<Vec<Event>, Refusal> {
    let by = state.authorise_actor(by, Act::GiveFloor)?;
    let participant = target(state, who)?;
    let waiting = state.floor.queue(queue);
    let at = waiting.iter().position(|request| request.participant == participant);
    let at = at.ok_or(Refusal::NotWaiting(participant))?;
    let last = u32::try_from(waiting.len().saturating_sub(1)).unwrap_or(u32::MAX);
    let place = place.min(last);
    if at == place as usize {
        return Ok(Vec::new());
    }
    Ok(vec![Event::Floor(FloorEvent::Moved { participant, queue, place, by })])
}

fn target(state: &State, who: &Target) -> Result<ParticipantId, Refusal> {
    match who {
        Target::Participant(participant) => Ok(state.admitted(*participant)?.id),
        Target::Site(site) => resolve(state, site),
    }
}

struct Grant {
    to: Grantee,
    speaker: Option<Said>,
    position: Option<Said>,
    limit_ms: Option<u32>,
    seen: Option<u32>,
}

fn check_seen(state: &State, seen: Option<u32>) -> Result<(), Refusal> {
    let turn = state.floor.turn.as_ref().map_or(0, |turn| turn.number);
    if seen.is_some_and(|seen| seen != turn) { Err(Refusal::FloorChanged { turn }) } else { Ok(()) }
}

fn grant(state: &State, now: Timestamp, by: Actor, grant: &Grant) -> Result<Vec<Event>, Refusal> {
    let by = state.authorise_actor(by, Act::GiveFloor)?;
    check_seen(state, grant.seen)?;
    if state.roll_call.as_ref().and_then(|roll| roll.on_stage()).is_some() {
        return Err(Refusal::RollCallRuns);
    }
    let speaker = checked(grant.speaker, MAX_LINE_CHARS)?;
    let position = checked(grant.position, MAX_LINE_CHARS)?;
    let limit_ms = grant.limit_ms.unwrap_or(state.floor.limit_ms);
    check_time(limit_ms)?;
    let participant = match &grant.to {
        Grantee::Next(queue) => first_here(state, *queue)?,
        Grantee::Named(who) => target(state, who)?,
    };
    let holder = state.admitted(participant)?;
    if holder.gone_until.is_some() {
        return Err(Refusal::Away(participant));
    }
    if state.floor.is_with(participant) && speaker.is_none() && position.is_none() && grant.limit_ms.is_none()
    {
        return Ok(Vec::new());
    }
    let mut events = end_turn(state, now, TurnEnd::Replaced, Some(by));
    let queue = [Queue::Speech, Queue::Question]
        .into_iter()
        .find(|queue| state.floor.queue(*queue).iter().any(|request| request.participant == participant));
    // The end of the holder's own turn may just have muted the microphone that this one opens.
    let closed = events.iter().any(|event| {
        matches!(event, Event::Floor(FloorEvent::Released { participant: ended, closes: true, .. })
            if *ended == participant)
    });
    let opens = closed || (!holder.microphone && holder.muted_by.is_some());
    let turn = state.floor.turns.saturating_add(1);
    events.push(Event::Floor(FloorEvent::Granted {
        turn,
        participant,
        queue: match grant.to {
            Grantee::Next(queue) => Some(queue),
            Grantee::Named(_) => queue,
        },
        speaker,
        position,
        at: now,
        limit_ms,
        opens,
        by,
    }));
    events.push(chapter::written(state, now, ChapterOf::Turn { turn, participant, person: holder.person }));
    Ok(events)
}

/// Who waits longest and is there: a site that has just gone keeps its place and does not hold the
/// meeting up.
fn first_here(state: &State, queue: Queue) -> Result<ParticipantId, Refusal> {
    let is_here = |id: &ParticipantId| state.participant(*id).is_some_and(|p| p.gone_until.is_none());
    let mut waiting = state.floor.queue(queue).iter().map(|request| request.participant);
    waiting.find(is_here).ok_or(Refusal::NobodyWaits)
}

fn check_time(limit_ms: u32) -> Result<(), Refusal> {
    let fits = (1000..=LONGEST_TURN_MS).contains(&limit_ms);
    if fits { Ok(()) } else { Err(Refusal::BadTime { limit_ms: LONGEST_TURN_MS }) }
}

fn release(state: &State, now: Timestamp, by: Actor, seen: Option<u32>) -> Result<Vec<Event>, Refusal> {
    let is_own = matches!(by, Actor::Inside(asker) if state.floor.is_with(asker));
    let by = state.authorise_actor(by, if is_own { Act::Join } else { Act::GiveFloor })?;
    check_seen(state, seen)?;
    Ok(end_turn(state, now, TurnEnd::Released, Some(by)))
}

fn set_time(state: &State, by: Actor, limit_ms: u32) -> Result<Vec<Event>, Refusal> {
    let by = state.authorise_actor(by, Act::GiveFloor)?;
    check_time(limit_ms)?;
    let known = state.floor.turn.as_ref().map_or(state.floor.limit_ms, |turn| turn.limit_ms);
    if known == limit_ms {
        return Ok(Vec::new());
    }
    let turn = state.floor.turn.is_some();
    Ok(vec![Event::Floor(FloorEvent::TimeSet { limit_ms, turn, by })])
}

fn end_turn(state: &State, now: Timestamp, end: TurnEnd, by: Option<By>) -> Vec<Event> {
    let Some(turn) = &state.floor.turn else { return Vec::new() };
    let stays = |participant: &crate::Participant| {
        participant.microphone && (turn.opened || !speaking::may_without_floor(state, participant))
    };
    let closes = state.participant(turn.participant).is_some_and(stays);
    let released = FloorEvent::Released {
        participant: turn.participant,
        at: now,
        spoke_ms: spoke_ms(turn, now),
        end,
        closes,
        by,
    };
    vec![Event::Floor(released)]
}

/// A clock that was put back makes no turn shorter than nothing.
fn spoke_ms(turn: &Turn, now: Timestamp) -> u64 {
    u64::try_from(now.0.saturating_sub(turn.since.0)).unwrap_or(0)
}

/// The holder's connection has gone, or the holder has left by themselves.
pub(crate) fn go_away(state: &State, now: Timestamp, participant: ParticipantId) -> Option<Event> {
    let turn = state.floor.turn.as_ref().filter(|turn| turn.participant == participant)?;
    let until = now.plus_ms(FLOOR_HELD_MS);
    turn.held_until.is_none().then_some(Event::Floor(FloorEvent::Held { until }))
}

/// Somebody is (back) in: the turn that waits for the person, or for the site, goes on.
pub(crate) fn come_back(
    state: &State,
    person: PersonId,
    site: Option<&SiteId>,
    participant: ParticipantId,
) -> Option<Event> {
    let turn = state.floor.turn.as_ref().filter(|turn| turn.held_until.is_some())?;
    let is_holder = turn.person == person || (site.is_some() && turn.site.as_ref() == site);
    is_holder.then_some(Event::Floor(FloorEvent::Resumed { participant }))
}

/// The meeting ends.
pub(crate) fn at_the_end(state: &State, now: Timestamp) -> Vec<Event> {
    end_turn(state, now, TurnEnd::Gone, None)
}

/// Somebody goes: by themselves the turn waits, as after a lost connection; sent away it ends.
pub(crate) fn departs(
    state: &State,
    now: Timestamp,
    participant: ParticipantId,
    sent_away: bool,
) -> Vec<Event> {
    let mut events = withdrawals(state, participant, &[Queue::Speech, Queue::Question], None);
    if sent_away && state.floor.is_with(participant) {
        events.extend(end_turn(state, now, TurnEnd::Gone, None));
    } else {
        events.extend(go_away(state, now, participant));
    }
    events
}

/// What time does to the floor.
pub(crate) fn tick(state: &State, now: Timestamp) -> Vec<Event> {
    let Some(turn) = &state.floor.turn else { return Vec::new() };
    let is_over = turn.held_until.is_some_and(|until| until <= now);
    if is_over { end_turn(state, now, TurnEnd::Lost, None) } else { Vec::new() }
}
