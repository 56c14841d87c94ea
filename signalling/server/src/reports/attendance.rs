//! Attendance: who was there from when to when, how often the connection broke, how long they spoke.
//!
//! A fold of the journal's rows, made by `http::reports`. Pure; the words come from the caller.

use super::sheet::{Cell, Column, Sheet};
use super::words;
use conference::floor::FloorEvent;
use conference::view::ConferenceView;
use conference::{Arrival, Event, Role, SiteId, TextId, Timestamp};
use media_control::ParticipantId;
use std::collections::{BTreeMap, HashMap};

const COLUMNS: [Column; 11] = [
    Column { name: "STT", share: 4 },
    Column { name: "Họ tên", share: 18 },
    Column { name: "Đơn vị", share: 16 },
    Column { name: "Điểm cầu", share: 16 },
    Column { name: "Vai trò", share: 9 },
    Column { name: "Vào lúc", share: 12 },
    Column { name: "Ra lúc", share: 12 },
    Column { name: "Thời gian có mặt", share: 8 },
    Column { name: "Số lần mất kết nối", share: 7 },
    Column { name: "Số lượt phát biểu", share: 7 },
    Column { name: "Thời gian phát biểu", share: 8 },
];

/// One stay of one participant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stay {
    pub(super) role: Role,
    pub(super) name: TextId,
    pub(super) unit: TextId,
    pub(super) site: Option<SiteId>,
    pub(super) came: Timestamp,
    pub(super) left: Option<Timestamp>,
    /// Since when the connection is away.
    pub(super) away: Option<Timestamp>,
    away_ms: u64,
    pub(super) breaks: u64,
    pub(super) turns: u64,
    pub(super) spoke_ms: u64,
}

/// All stays of a conference, in the order in which people came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attendance {
    pub(super) stays: BTreeMap<ParticipantId, Stay>,
    /// Who waits to be admitted.
    waiting: HashMap<ParticipantId, Arrival>,
}

pub(super) fn between(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.0.saturating_sub(from.0)).unwrap_or(0)
}

impl Stay {
    /// When it ended, as far as it has by `now`.
    pub(super) fn until(&self, now: Timestamp) -> Timestamp {
        self.left.or(self.away).unwrap_or(now)
    }

    /// How long the connection was there.
    pub(super) fn here_ms(&self, now: Timestamp) -> u64 {
        between(self.came, self.until(now)).saturating_sub(self.away_ms)
    }
}

impl Attendance {
    /// One row of the journal, committed at `at`.
    pub(crate) fn apply(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::Joined(arrival) => self.enter(at, arrival),
            Event::WaitingStarted { arrival, .. } => {
                self.waiting.insert(arrival.participant, arrival.clone());
            }
            Event::WaitingEnded { participant, .. } => {
                self.waiting.remove(participant);
            }
            Event::Admitted { participant, .. } => {
                if let Some(arrival) = self.waiting.remove(participant) {
                    self.enter(at, &arrival);
                }
            }
            Event::Reconnecting { participant, .. } => {
                if let Some(stay) = self.stays.get_mut(participant).filter(|stay| stay.away.is_none()) {
                    stay.away = Some(at);
                    stay.breaks += 1;
                }
            }
            Event::Returned { participant } => {
                if let Some(stay) = self.stays.get_mut(participant) {
                    stay.away_ms += stay.away.take().map_or(0, |since| between(since, at));
                }
            }
            Event::Left { participant, .. } => self.leave(at, *participant),
            Event::Ended { .. } => {
                let inside: Vec<ParticipantId> = self.stays.keys().copied().collect();
                inside.into_iter().for_each(|participant| self.leave(at, participant));
            }
            Event::Seated { participant, site, .. } => {
                if let Some(stay) = self.stays.get_mut(participant) {
                    stay.site.clone_from(site);
                }
            }
            Event::Floor(FloorEvent::Released { participant, spoke_ms, .. }) => {
                if let Some(stay) = self.stays.get_mut(participant) {
                    stay.turns += 1;
                    stay.spoke_ms = stay.spoke_ms.saturating_add(*spoke_ms);
                }
            }
            _ => {}
        }
    }

    fn enter(&mut self, at: Timestamp, arrival: &Arrival) {
        let stay = Stay {
            role: arrival.role,
            name: arrival.name,
            unit: arrival.unit,
            site: arrival.site.clone(),
            came: at,
            left: None,
            away: None,
            away_ms: 0,
            breaks: 0,
            turns: 0,
            spoke_ms: 0,
        };
        self.stays.insert(arrival.participant, stay);
    }

    /// Who is lost was last there when the connection broke.
    fn leave(&mut self, at: Timestamp, participant: ParticipantId) {
        if let Some(stay) = self.stays.get_mut(&participant).filter(|stay| stay.left.is_none()) {
            stay.left = Some(stay.away.take().unwrap_or(at));
        }
    }

    /// The texts of all names and units.
    pub(crate) fn texts(&self) -> Vec<TextId> {
        self.stays.values().flat_map(|stay| [stay.name, stay.unit]).collect()
    }
}

/// The sheet as things stand at `now`.
pub(crate) fn attendance(
    attendance: &Attendance,
    view: &ConferenceView,
    texts: &HashMap<TextId, String>,
    now: Timestamp,
) -> Sheet {
    let word = |id: TextId| texts.get(&id).cloned().unwrap_or_default();
    let stays = || attendance.stays.values();
    let site_name = |id: &SiteId| {
        let known = view.sites.iter().find(|site| site.id == *id);
        known.map_or_else(|| id.to_string(), |site| site.name.clone())
    };
    let came = |id: &SiteId| stays().any(|stay| stay.site.as_ref() == Some(id));
    let present = view.sites.iter().filter(|site| came(&site.id)).count();
    let invited = view.sites.len();
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for stay in stays() {
        let here = stay.here_ms(now);
        rows.push(vec![
            Cell::Number(rows.len() as u64 + 1),
            Cell::Text(word(stay.name)),
            Cell::Text(word(stay.unit)),
            stay.site.as_ref().map_or(Cell::Nothing, |site| Cell::Text(site_name(site))),
            Cell::Text(words::role(stay.role).to_owned()),
            Cell::Text(words::time(stay.came.0)),
            stay.left.map_or(Cell::Nothing, |left| Cell::Text(words::time(left.0))),
            Cell::Text(words::span(here)),
            Cell::Number(stay.breaks),
            Cell::Number(stay.turns),
            Cell::Text(words::span(stay.spoke_ms)),
        ]);
    }
    for site in view.sites.iter().filter(|site| !came(&site.id)) {
        let reason =
            if site.note.is_empty() { "Vắng".to_owned() } else { format!("Vắng: {}", site.note) };
        let mut row = vec![Cell::Number(rows.len() as u64 + 1), Cell::Text(reason), Cell::Nothing];
        row.push(Cell::Text(site.name.clone()));
        row.resize(COLUMNS.len(), Cell::Nothing);
        rows.push(row);
    }
    let mut facts = vec![("Cuộc họp", view.info.title.clone())];
    if !view.info.label.is_empty() {
        facts.push(("Độ mật", view.info.label.clone()));
    }
    facts.push(("Tính đến", words::time(now.0)));
    facts.push(("Lượt vào họp", attendance.stays.len().to_string()));
    if invited > 0 {
        facts.push(("Điểm cầu có mặt", format!("{present}/{invited}")));
        let is_quorate = present * 2 > invited;
        facts.push((
            "Thành phần",
            if is_quorate { "Đủ (trên một nửa)" } else { "Chưa đủ (đến một nửa)" }.to_owned(),
        ));
    }
    Sheet { title: "Báo cáo có mặt".to_owned(), facts, columns: COLUMNS.to_vec(), rows }
}
