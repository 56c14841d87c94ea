//! Plays a script of a meeting and prints what came of it.
//!
//! `"chair joins; an joins with mic; chair mutes an"`: statements are separated by `;`, the first
//! word says who. Roles are named `chair`, `secretary`, `duty`, `technician` (site operator), `listener`; everybody else is a
//! delegate. `wait 60` lets seconds pass, `restart` starts the server anew, `open KEY …` opens the
//! conference with other settings (else it is opened with the usual ones at the first statement).

use conference::{
    Command, Entered, Event, MediaWish, Newcomer, PersonId, Phase, Refusal, Role, Settings, SiteId, State,
    Texts, Timestamp, decide, entered, evolve,
};
use expect_test::Expect;
use media_control::{ConferenceId, ParticipantId};
use std::fmt::Write as _;

use crate::meeting;

/// Plays `script` and compares what it prints: refusals in order, then how the conference stands.
pub fn check(script: &str, expected: Expect) {
    let mut play = Play::new();
    for statement in script.split(';').map(str::trim).filter(|s| !s.is_empty()) {
        play.statement(statement);
    }
    play.tell();
    expected.assert_eq(&play.printed);
}

/// When every play begins.
const START: Timestamp = Timestamp(1_000_000);

/// A meeting being played.
pub struct Play {
    pub state: State,
    pub texts: Texts,
    pub now: Timestamp,
    /// Names in order of first mention; the index is the person.
    people: Vec<String>,
    /// Whose place a participant number is, by person.
    places: Vec<(usize, ParticipantId)>,
    printed: String,
    /// Every row so far.
    pub rows: Vec<Event>,
}

impl Play {
    pub fn new() -> Self {
        Self {
            state: State::new(ConferenceId::new("giao-ban").expect("a good id")),
            texts: Texts::new("Giao ban".to_owned(), String::new()),
            now: START,
            people: Vec::new(),
            places: Vec::new(),
            printed: String::new(),
            rows: Vec::new(),
        }
    }

    pub fn statement(&mut self, statement: &str) {
        let words: Vec<&str> = statement.split_whitespace().collect();
        if words[0] != "open" && self.state.phase() == Phase::New {
            self.give("open", Command::Open { settings: Settings::default() });
        }
        match words.as_slice() {
            ["open", keys @ ..] => {
                let settings = settings(keys);
                self.give(statement, Command::Open { settings });
            }
            ["invite", sites @ ..] => {
                let sites = sites.iter().map(|site| SiteId::new(site).expect("a site")).collect();
                self.give(statement, Command::Invite { sites });
            }
            ["restart"] => self.give(statement, Command::ServerStarted),
            ["wait", seconds] => {
                let seconds: i64 = seconds.parse().expect("wait takes seconds");
                let until = self.now.plus_ms(seconds * 1000);
                // As the runner does: at each deadline on the way.
                while let Some(due) = self.state.next_deadline().filter(|due| *due <= until) {
                    self.now = self.now.max(due);
                    self.give(statement, Command::Tick);
                }
                self.now = until;
                self.give(statement, Command::Tick);
            }
            [who, "joins", with @ ..] => self.join(statement, who, with),
            [who, rest @ ..] => {
                let by = self.place(who);
                let command = self.command(by, rest);
                self.give(statement, command);
            }
            [] => {}
        }
    }

    fn join(&mut self, statement: &str, who: &str, with: &[&str]) {
        let person = self.person(who);
        let name = self.state.next_text();
        self.texts.insert(name, who.to_owned());
        let newcomer = Newcomer {
            person: PersonId(person as u64 + 1),
            role: role(who),
            guest: with.contains(&"guest"),
            name,
            unit: name.next(),
            site: with.iter().find_map(|word| SiteId::new(word.strip_prefix("for=")?).ok()),
            microphone: with.contains(&"mic"),
            camera: with.contains(&"cam"),
            moves: with.contains(&"here"),
            deputy: with.contains(&"deputy"),
        };
        self.give(statement, Command::Join { newcomer });
    }

    fn command(&mut self, by: ParticipantId, words: &[&str]) -> Command {
        match words {
            ["raises"] => Command::RaiseHand { by },
            ["lowers"] => Command::LowerHand { by, participant: None },
            ["lowers", who] => Command::LowerHand { by, participant: Some(self.place(who)) },
            ["says", text] => {
                let id = self.state.next_text();
                self.texts.insert(id, (*text).to_owned());
                Command::Chat { by, text: id, chars: text.chars().count() }
            }
            ["writes", chars, "characters"] => {
                let chars = chars.parse().expect("a count");
                Command::Chat { by, text: self.state.next_text(), chars }
            }
            ["sends", what @ ..] => {
                let wanted = MediaWish {
                    microphone: what.contains(&"mic"),
                    camera: what.contains(&"cam"),
                    screen: what.contains(&"screen"),
                };
                Command::SetMedia { by, wanted }
            }
            ["mutes", "all"] => Command::MuteAll { by: by.into(), except: Vec::new() },
            ["mutes", "all", "but", who] => Command::MuteAll { by: by.into(), except: vec![self.place(who)] },
            ["mutes", who] => Command::Mute { by, participant: self.place(who) },
            ["removes", who] => Command::Remove { by, participant: self.place(who) },
            ["opens"] => Command::OpenDoor { by },
            ["locks"] => Command::Lock { by, locked: true },
            ["unlocks"] => Command::Lock { by, locked: false },
            ["starts", "waiting"] => Command::WaitingRoom { by, enabled: true },
            ["stops", "waiting"] => Command::WaitingRoom { by, enabled: false },
            ["admits", "all"] => Command::AdmitAll { by },
            ["admits", who] => Command::Admit { by, participant: self.place(who) },
            ["turns", who, "away"] => Command::TurnAway { by, participant: self.place(who) },
            ["ends"] => Command::EndForAll { by },
            ["goes", "live"] => Command::Live { by: by.into(), open: true },
            ["goes", "off"] => Command::Live { by: by.into(), open: false },
            ["leaves"] => Command::Leave { by },
            ["drops"] => Command::ConnectionLost { participant: by },
            ["resumes"] => Command::Resume { participant: by },
            [verb, rest @ ..] => match meeting::command(self, by, verb, rest) {
                Some(command) => command,
                None => panic!("the script language has no {verb} {rest:?}"),
            },
            other => panic!("the script language has no {other:?}"),
        }
    }

    fn give(&mut self, statement: &str, command: Command) {
        let joining = match &command {
            Command::Join { newcomer } => Some(newcomer.person.0 as usize - 1),
            _ => None,
        };
        match decide(&self.state, self.now, command) {
            Ok(events) => {
                self.rows.extend(events.iter().cloned());
                events.iter().for_each(|event| evolve(&mut self.state, event));
                let place = match entered(&events) {
                    Some(Entered::New(id) | Entered::Waiting(id) | Entered::Back(id)) => Some(id),
                    None => None,
                };
                if let (Some(person), Some(place)) = (joining, place) {
                    self.places.push((person, place));
                }
            }
            Err(refusal) => {
                let _ = writeln!(self.printed, "{statement}: {}", self.refusal(refusal));
            }
        }
    }

    fn refusal(&self, refusal: Refusal) -> String {
        match refusal {
            Refusal::NoSuchParticipant(id) => format!("{} is not there", self.name(id)),
            Refusal::ScreenTaken { by } => format!("{} shares the screen", self.name(by)),
            other => other.to_string(),
        }
    }

    /// The newest place of `who`; number 99 for somebody who never came.
    pub fn place(&mut self, who: &str) -> ParticipantId {
        let person = self.person(who);
        let newest = self.places.iter().rev().find(|(holder, _)| *holder == person);
        newest.map_or(ParticipantId(99), |(_, place)| *place)
    }

    fn person(&mut self, who: &str) -> usize {
        self.people.iter().position(|known| known == who).unwrap_or_else(|| {
            self.people.push(who.to_owned());
            self.people.len() - 1
        })
    }

    pub fn name(&self, id: ParticipantId) -> String {
        let holder = self.places.iter().find(|(_, place)| *place == id);
        holder.map_or("nobody", |(person, _)| &self.people[*person]).to_owned()
    }

    fn tell(&mut self) {
        let mut lines = Vec::new();
        let inside = self.state.participants().iter().map(|p| {
            let mut said = format!("{}#{}", self.name(p.id), p.id);
            let facts = [(p.microphone, " mic"), (p.camera, " cam"), (p.screen, " screen")];
            facts.iter().filter(|(on, _)| *on).for_each(|(_, fact)| said.push_str(fact));
            if let Some(by) = p.muted_by {
                let _ = write!(said, " muted-by-{}", self.name(by));
            }
            if p.gone_until.is_some() {
                said.push_str(" away");
            }
            said
        });
        lines.push(("in", inside.collect::<Vec<_>>()));
        let outside = self.state.waiting().iter();
        lines.push(("waiting", outside.map(|w| self.name(w.arrival.participant)).collect()));
        lines.push(("hands", self.state.hands().iter().map(|id| self.name(*id)).collect()));
        let said =
            |c: &conference::ChatEntry| format!("{}: {}", self.texts.text(c.name), self.texts.text(c.text));
        lines.push(("chat", self.state.chat().map(said).collect()));
        lines.extend(meeting::lines(self));
        for (what, list) in lines.into_iter().filter(|(_, list)| !list.is_empty()) {
            let _ = writeln!(self.printed, "{what}: {}", list.join(", "));
        }
        if self.state.live().is_some() {
            self.printed.push_str("live\n");
        }
        if self.state.is_locked() {
            self.printed.push_str("locked\n");
        }
        if self.state.phase() == Phase::Ended {
            self.printed.push_str("ended\n");
        }
    }
}

fn role(who: &str) -> Role {
    match who {
        "chair" | "chair2" => Role::Chair,
        "secretary" => Role::Secretary,
        "duty" => Role::DutyOperator,
        "technician" => Role::SiteOperator,
        "listener" => Role::Listener,
        _ => Role::Delegate,
    }
}

fn settings(keys: &[&str]) -> Settings {
    let mut settings = Settings::default();
    for key in keys {
        match key.split_once('=') {
            None if *key == "waiting" => settings.waiting_room = true,
            None if *key == "always" => settings.always_open = true,
            None if *key == "secret" => settings.secrecy = conference::Secrecy::StateSecret,
            None if *key == "closed-to-guests" => settings.guests = false,
            Some(("opens-after", seconds)) => {
                let seconds: i64 = seconds.parse().expect("seconds");
                settings.opens = Some(START.plus_ms(seconds * 1000));
            }
            Some(("limit", limit)) => settings.limit = limit.parse().expect("a number"),
            _ => panic!("no setting {key}"),
        }
    }
    settings
}
