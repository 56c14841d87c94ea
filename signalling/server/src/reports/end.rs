//! The end report: who was there and how long, who spoke, what the agenda took, what went wrong, who did
//! what.
//!
//! A fold of the journal's rows, made by `http::reports`. Pure; the words come from the caller.

use super::attendance::{Attendance, between};
use crate::protocol::end_report::{
    EndReport, ReportAct, ReportIncident, ReportItem, ReportPerson, ReportSite, ReportTurn,
};
use conference::agenda::AgendaEvent;
use conference::floor::{FloorEvent, TurnEnd};
use conference::presiding::PresidingEvent;
use conference::roll_call::RollCallEvent;
use conference::view::{ConferenceView, LeaveReason};
use conference::{By, Event, PersonId, SiteId, TextId, Timestamp};
use media_control::ParticipantId;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Most incidents and most acts that are told; a hall that flaps for days makes no endless paper.
const LINES_LIMIT: usize = 20_000;

#[derive(Clone, Debug, Default)]
struct Item {
    title: Option<TextId>,
    minutes: u32,
    opened: Option<Timestamp>,
    closed: Option<Timestamp>,
    took_ms: u64,
}

#[derive(Clone, Debug)]
struct Incident {
    at: Timestamp,
    what: &'static str,
    who: Option<ParticipantId>,
    lasted_ms: Option<u64>,
}

#[derive(Clone, Debug)]
struct Deed {
    at: Timestamp,
    by: By,
    what: &'static str,
    on: On,
}

#[derive(Clone, Debug)]
enum On {
    Nothing,
    Participant(ParticipantId),
    Item(u32),
    Site(SiteId),
    Text(String),
}

/// What the rows say, one after the other.
#[derive(Clone, Debug, Default)]
pub(crate) struct EndFold {
    attendance: Attendance,
    opened: Option<Timestamp>,
    ended: Option<Timestamp>,
    items: BTreeMap<u32, Item>,
    order: Vec<u32>,
    turns: Vec<(Timestamp, ParticipantId, u64)>,
    /// When the turn that runs began.
    turn: Option<Timestamp>,
    away: HashMap<ParticipantId, Timestamp>,
    incidents: Vec<Incident>,
    deeds: Vec<Deed>,
    persons: BTreeSet<PersonId>,
}

impl EndFold {
    /// One row of the journal, committed at `at`.
    pub(crate) fn apply(&mut self, at: Timestamp, event: &Event) {
        self.attendance.apply(at, event);
        match event {
            Event::Joined(_) | Event::Admitted { .. } if self.opened.is_none() => self.opened = Some(at),
            Event::Reconnecting { participant, .. } => {
                self.away.insert(*participant, at);
                self.incident(at, "connection_lost", Some(*participant), None);
            }
            Event::Returned { participant } => {
                let lasted = self.away.remove(participant).map(|since| between(since, at));
                self.incident(at, "came_back", Some(*participant), lasted);
            }
            Event::Left { participant, reason, by } => {
                self.away.remove(participant);
                match (reason, by) {
                    (LeaveReason::Lost, _) => self.incident(at, "gone_for_good", Some(*participant), None),
                    (LeaveReason::Removed, Some(by)) => {
                        self.did(at, By::Participant(*by), "removed", On::Participant(*participant));
                    }
                    _ => {}
                }
            }
            Event::Ended { by } => {
                self.ended = Some(at);
                self.did(at, By::Participant(*by), "ended", On::Nothing);
            }
            Event::Cancelled { by, .. } => self.did(at, *by, "cancelled", On::Nothing),
            Event::Restored { by, .. } => self.did(at, *by, "restored", On::Nothing),
            Event::Reopened {} => self.ended = None,
            Event::Presiding(event) => self.presiding(at, event),
            Event::Floor(event) => self.floor(at, event),
            Event::Agenda(event) => self.agenda(event),
            Event::RollCall(event) => self.roll_call(at, event),
            Event::AllMuted { participants, by, .. } => {
                self.did(at, *by, "all_muted", On::Text(participants.len().to_string()));
            }
            Event::MuteUndone { by, .. } => self.did(at, *by, "mute_undone", On::Nothing),
            Event::Muted { participant, by } if *by != conference::OUTSIDE && by != participant => {
                self.did(at, By::Participant(*by), "muted", On::Participant(*participant));
            }
            Event::MicrophonesSet { by, .. } => self.did(at, *by, "microphones_set", On::Nothing),
            Event::StageSet { by, .. } => self.did(at, *by, "stage_set", On::Nothing),
            Event::PictureArranged { by, .. } => self.did(at, *by, "picture_arranged", On::Nothing),
            Event::CaptionSet { site, by, .. } => {
                self.did(at, *by, "caption_set", On::Site(site.clone()));
            }
            Event::KindSet { by, .. } => self.did(at, *by, "kind_set", On::Nothing),
            Event::LockSet { locked, by: Some(by) } => {
                self.did(at, By::Participant(*by), if *locked { "locked" } else { "unlocked" }, On::Nothing);
            }
            Event::DoorOpened { by } => self.did(at, By::Participant(*by), "door_opened", On::Nothing),
            Event::Admitted { participant, by: Some(by) } => {
                self.did(at, By::Participant(*by), "admitted", On::Participant(*participant));
            }
            _ => {}
        }
    }

    fn incident(
        &mut self,
        at: Timestamp,
        what: &'static str,
        who: Option<ParticipantId>,
        lasted_ms: Option<u64>,
    ) {
        if self.incidents.len() < LINES_LIMIT {
            self.incidents.push(Incident { at, what, who, lasted_ms });
        }
    }

    fn did(&mut self, at: Timestamp, by: By, what: &'static str, on: On) {
        if let By::Person { person } = by {
            self.persons.insert(person);
        }
        if self.deeds.len() < LINES_LIMIT {
            self.deeds.push(Deed { at, by, what, on });
        }
    }

    fn presiding(&mut self, at: Timestamp, event: &PresidingEvent) {
        match event {
            PresidingEvent::Missing { .. } => self.incident(at, "chair_missing", None, None),
            PresidingEvent::Taken { participant, from: Some(_) } => {
                self.incident(at, "lead_changed", Some(*participant), None);
            }
            PresidingEvent::DeputyNamed { deputy: Some(deputy), by } => {
                self.did(at, *by, "deputy_named", On::Participant(deputy.participant));
            }
            _ => {}
        }
    }

    fn floor(&mut self, at: Timestamp, event: &FloorEvent) {
        match event {
            FloorEvent::Granted { participant, at, by, .. } => {
                self.turn = Some(*at);
                self.did(*at, *by, "floor_granted", On::Participant(*participant));
            }
            FloorEvent::Released { participant, at: until, spoke_ms, end, .. } => {
                let began = self.turn.take().unwrap_or(*until);
                self.turns.push((began, *participant, *spoke_ms));
                if *end == TurnEnd::Lost {
                    self.incident(at, "floor_lost", Some(*participant), None);
                }
            }
            _ => {}
        }
    }

    fn agenda(&mut self, event: &AgendaEvent) {
        match event {
            AgendaEvent::Set { items, .. } => {
                self.order = items.iter().map(|plan| plan.item).collect();
                for plan in items {
                    let item = self.items.entry(plan.item).or_default();
                    (item.title, item.minutes) = (Some(plan.title), plan.minutes);
                }
            }
            AgendaEvent::Opened { item, at, by } => {
                let known = self.items.entry(*item).or_default();
                known.opened = known.opened.or(Some(*at));
                self.did(*at, *by, "item_opened", On::Item(*item));
            }
            AgendaEvent::Closed { item, at, took_ms, .. } => {
                let known = self.items.entry(*item).or_default();
                (known.closed, known.took_ms) = (Some(*at), *took_ms);
            }
            AgendaEvent::Concluded { .. } => {}
        }
    }

    fn roll_call(&mut self, at: Timestamp, event: &RollCallEvent) {
        match event {
            RollCallEvent::Started { number, by, .. } => {
                self.did(at, *by, "roll_call_started", On::Text(number.to_string()));
            }
            RollCallEvent::Walked { by, .. } => self.did(at, *by, "roll_call_finished", On::Nothing),
            _ => {}
        }
    }

    /// The texts of all names, units and titles.
    pub(crate) fn texts(&self) -> Vec<TextId> {
        let titles = self.items.values().filter_map(|item| item.title);
        self.attendance.texts().into_iter().chain(titles).collect()
    }

    /// People who acted from outside.
    pub(crate) fn persons(&self) -> impl Iterator<Item = PersonId> {
        self.persons.iter().copied()
    }
}

/// The words that a report needs.
pub(crate) struct Words<'a> {
    pub texts: &'a HashMap<TextId, String>,
    pub persons: &'a HashMap<PersonId, String>,
}

/// How long at least one of `stays` lasted; each is a beginning and an end.
fn union_ms(mut stays: Vec<(Timestamp, Timestamp)>) -> u64 {
    stays.sort_unstable();
    let (mut total, mut reached) = (0, Timestamp(i64::MIN));
    for (came, left) in stays {
        total += between(came.max(reached), left);
        reached = reached.max(left);
    }
    total
}

/// The report as things stand at `now`.
pub(crate) fn end_report(
    fold: &EndFold,
    view: &ConferenceView,
    words: &Words<'_>,
    now: Timestamp,
) -> EndReport {
    let text = |id: TextId| words.texts.get(&id).cloned().unwrap_or_default();
    let stay = |who: ParticipantId| fold.attendance.stays.get(&who);
    let name = |who: ParticipantId| stay(who).map_or_else(String::new, |stay| text(stay.name));
    let site_name = |id: Option<&SiteId>| {
        let known = id.and_then(|id| view.sites.iter().find(|site| site.id == *id));
        known.map_or_else(|| id.map(ToString::to_string).unwrap_or_default(), |site| site.name.clone())
    };
    let by = |by: By| match by {
        By::Participant(participant) => name(participant),
        By::Person { person } => words.persons.get(&person).cloned().unwrap_or_default(),
    };
    let people = fold.attendance.stays.values().map(|stay| ReportPerson {
        name: text(stay.name),
        unit: text(stay.unit),
        site: site_name(stay.site.as_ref()),
        role: stay.role,
        came_ms: stay.came.0,
        left_ms: stay.left.map(|at| at.0),
        present_ms: stay.here_ms(now),
        breaks: stay.breaks,
        turns: stay.turns,
        spoke_ms: stay.spoke_ms,
    });
    let sites = view.sites.iter().map(|site| {
        let stays = fold.attendance.stays.values().filter(|stay| stay.site.as_ref() == Some(&site.id));
        ReportSite {
            id: site.id.to_string(),
            name: site.name.clone(),
            present_ms: union_ms(stays.map(|stay| (stay.came, stay.until(now))).collect()),
            result: super::words::code(site.result).to_owned(),
        }
    });
    let floor = fold.turns.iter().map(|(at, who, spoke_ms)| ReportTurn {
        at_ms: at.0,
        name: name(*who),
        site: site_name(stay(*who).and_then(|stay| stay.site.as_ref())),
        spoke_ms: *spoke_ms,
    });
    let title = |item: u32| fold.items.get(&item).and_then(|item| item.title).map(text).unwrap_or_default();
    let items = fold.order.iter().filter_map(|number| Some((number, fold.items.get(number)?)));
    let agenda = items.map(|(number, item)| ReportItem {
        title: title(*number),
        planned_minutes: item.minutes,
        opened_ms: item.opened.map(|at| at.0),
        closed_ms: item.closed.map(|at| at.0),
        took_ms: item.took_ms,
    });
    let incidents = fold.incidents.iter().map(|incident| ReportIncident {
        at_ms: incident.at.0,
        what: incident.what.to_owned(),
        who: incident.who.map(name).unwrap_or_default(),
        lasted_ms: incident.lasted_ms,
    });
    let acts = fold.deeds.iter().map(|deed| ReportAct {
        at_ms: deed.at.0,
        by: by(deed.by),
        what: deed.what.to_owned(),
        on: match &deed.on {
            On::Nothing => String::new(),
            On::Participant(who) => name(*who),
            On::Item(item) => title(*item),
            On::Site(site) => site_name(Some(site)),
            On::Text(text) => text.clone(),
        },
    });
    EndReport {
        title: view.info.title.clone(),
        label: view.info.label.clone(),
        opened_ms: fold.opened.map(|at| at.0),
        ended_ms: fold.ended.map(|at| at.0),
        people: people.collect(),
        sites: sites.collect(),
        floor: floor.collect(),
        agenda: agenda.collect(),
        incidents: incidents.collect(),
        acts: acts.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_devices_of_one_site_count_their_time_once() {
        let at = Timestamp;
        assert_eq!(union_ms(vec![(at(5), at(9)), (at(0), at(6)), (at(20), at(21))]), 10);
        assert_eq!(union_ms(Vec::new()), 0);
    }
}
