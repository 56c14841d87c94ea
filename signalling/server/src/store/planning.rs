//! What the store keeps of planned meetings: plans, invitations, templates, addresses, calendar keys.
//!
//! Called by `schedule` and `invitations` through [`super::Database`]. Each method is one transaction.
//! Never decides who may do what.

use super::{Answer, Digest, InvitedSite, Meeting};
use conference::{PersonId, Timestamp};
use media_control::ConferenceId;
use std::future::Future;

/// When a conference is meant to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub starts: Option<Timestamp>,
    pub minutes: u32,
    pub cancelled: Option<Timestamp>,
    pub ended: Option<Timestamp>,
    /// The series of which it is one; empty when it stands alone.
    pub series: String,
    /// Of the calendar entry (RFC 5545 section 3.8.7.4).
    pub sequence: u32,
    /// Minutes before the start of the newest reminder that was made; 0 when none was.
    pub reminded: u32,
    /// What a search looks through, without diacritics.
    pub search: String,
    /// Note, reason, agenda: JSON of `schedule`.
    pub body: String,
}

impl Plan {
    /// Of a conference without a time of its own.
    #[must_use]
    pub fn open(search: String) -> Self {
        Self {
            starts: None,
            minutes: 60,
            cancelled: None,
            ended: None,
            series: String::new(),
            sequence: 0,
            reminded: 0,
            search,
            body: "{}".to_owned(),
        }
    }

    /// When it is meant to be over.
    #[must_use]
    pub fn ends(&self) -> Option<Timestamp> {
        self.starts.map(|at| at.plus_ms(i64::from(self.minutes) * 60_000))
    }
}

/// Somebody who is invited; words as the protocol has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationRow {
    pub id: String,
    pub conference: ConferenceId,
    /// Order in the list, from 0.
    pub place: u32,
    pub person: Option<PersonId>,
    /// Login name of the person's account; read, never written.
    pub user: String,
    /// Empty when none was given.
    pub email: String,
    pub name: String,
    pub unit: String,
    pub role: String,
    pub answer: String,
    pub reason: String,
    pub answered: Option<Timestamp>,
    pub delegate_of: Option<String>,
    pub token_hash: Option<Digest>,
    pub token_expires: Timestamp,
}

/// A meeting with all that it is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPlanned {
    pub meeting: Meeting,
    pub sites: Vec<InvitedSite>,
    pub plan: Plan,
    pub invitations: Vec<InvitationRow>,
}

/// A meeting with its plan, and how many it invites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    pub meeting: Meeting,
    pub plan: Plan,
    pub sites: u32,
    pub people: u32,
    pub answered: u32,
}

/// Which meetings are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedFilter {
    /// Part of [`Plan::search`], as it stands there; empty finds everything.
    pub text: String,
    /// Starts at this time or later.
    pub from: Timestamp,
    /// Starts before this time.
    pub until: Timestamp,
    /// With those that have no time.
    pub timeless: bool,
    /// `normal`, `lecture`, `questioning`; empty for all.
    pub kind: String,
    /// `open` (not over, not cancelled), `passed`, `ended`, `cancelled`; empty for all.
    pub standing: String,
    pub now: Timestamp,
    /// Only these; empty for all.
    pub only: Vec<ConferenceId>,
    /// None of these, of which a statement takes the first 400.
    pub except: Vec<ConferenceId>,
    /// Only those which this person made, to which they are invited, or in which one of `sites` takes part.
    pub of: Option<PersonId>,
    /// Names of sites, at most two.
    pub site_names: [String; 2],
    pub offset: u32,
    pub limit: u32,
    /// Earliest first instead of newest first.
    pub ascending: bool,
}

/// What decides about somebody's role in a meeting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Role and answer of the person's invitation.
    pub invited: Option<(String, String)>,
    /// The meeting invites somebody as chair.
    pub names_chair: bool,
    pub is_maker: bool,
}

/// A site or person that two meetings want at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    pub is_site: bool,
    pub id: String,
    pub name: String,
    pub conference: ConferenceId,
    pub title: String,
    pub starts: Timestamp,
    pub minutes: u32,
}

/// A template; its body is JSON of `schedule`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateRow {
    pub id: String,
    pub name: String,
    pub created: Timestamp,
    pub created_by: Option<PersonId>,
    pub body: String,
}

/// Planned meetings and who is invited to them.
pub trait Planning {
    /// Makes meetings with all that belongs to them, all or none. `Taken(Conference)` when an id exists.
    fn create_planned(&self, all: &[NewPlanned]) -> impl Future<Output = Answer<()>> + Send;

    /// Sets title, label, settings and plan; the sites as well when they are given.
    fn change_planned(
        &self,
        meeting: &Meeting,
        plan: &Plan,
        sites: Option<&[InvitedSite]>,
    ) -> impl Future<Output = Answer<()>> + Send;

    /// The meeting with its plan.
    fn planned(&self, id: &ConferenceId) -> impl Future<Output = Answer<Option<Planned>>> + Send;

    /// Those that the filter asks for, and how many there are without its bounds.
    fn planned_list(
        &self,
        filter: &PlannedFilter,
    ) -> impl Future<Output = Answer<(Vec<Planned>, u32)>> + Send;

    /// The meetings of a series from `from` on, earliest first.
    fn series(&self, series: &str, from: Timestamp) -> impl Future<Output = Answer<Vec<Planned>>> + Send;

    /// Notes that a meeting was ended for all, or that it goes on again.
    fn note_ended(&self, id: &ConferenceId, at: Option<Timestamp>)
    -> impl Future<Output = Answer<()>> + Send;

    /// Meetings that start between two times, of which no reminder `minutes` before was made yet and
    /// which are not cancelled; at most `limit`.
    fn to_remind(
        &self,
        from: Timestamp,
        until: Timestamp,
        minutes: u32,
        limit: u32,
    ) -> impl Future<Output = Answer<Vec<Planned>>> + Send;

    /// Notes the newest reminder.
    fn note_reminded(&self, id: &ConferenceId, minutes: u32) -> impl Future<Output = Answer<()>> + Send;

    /// Other meetings between `from` and `until` that invite one of these sites, or one of these people
    /// to lead them.
    fn clashes(
        &self,
        except: &ConferenceId,
        from: Timestamp,
        until: Timestamp,
        sites: &[InvitedSite],
        people: &[PersonId],
    ) -> impl Future<Output = Answer<Vec<Clash>>> + Send;

    /// What decides about the role of `person`.
    fn standing(&self, id: &ConferenceId, person: PersonId) -> impl Future<Output = Answer<Standing>> + Send;
}

/// Who is invited, and what belongs to people who are.
pub trait Inviting {
    /// Adds invitations.
    fn invite(&self, new: &[InvitationRow]) -> impl Future<Output = Answer<()>> + Send;

    /// The invitations of a meeting in their order.
    fn invitations(&self, id: &ConferenceId) -> impl Future<Output = Answer<Vec<InvitationRow>>> + Send;

    /// The invitation whose link has this hash.
    fn invitation_of_token(
        &self,
        hash: &Digest,
    ) -> impl Future<Output = Answer<Option<InvitationRow>>> + Send;

    /// The invitation `id` of a meeting.
    fn invitation(
        &self,
        conference: &ConferenceId,
        id: &str,
    ) -> impl Future<Output = Answer<Option<InvitationRow>>> + Send;

    /// Replaces what an invitation says; its number and meeting stay.
    fn change_invitation(&self, row: &InvitationRow) -> impl Future<Output = Answer<()>> + Send;

    /// Takes an invitation back.
    fn withdraw_invitation(&self, id: &str) -> impl Future<Output = Answer<()>> + Send;

    /// All templates by name.
    fn templates(&self) -> impl Future<Output = Answer<Vec<TemplateRow>>> + Send;

    /// Keeps a template unless there are `limit` of them; tells whether it did.
    fn save_template(&self, row: &TemplateRow, limit: u32) -> impl Future<Output = Answer<bool>> + Send;

    /// Forgets a template; tells whether there was one.
    fn delete_template(&self, id: &str) -> impl Future<Output = Answer<bool>> + Send;

    /// The mail addresses of these people, as far as they are known.
    fn addresses(&self, people: &[PersonId]) -> impl Future<Output = Answer<Vec<(PersonId, String)>>> + Send;

    /// Keeps somebody's address; an empty one is forgotten.
    fn set_address(&self, person: PersonId, email: &str) -> impl Future<Output = Answer<()>> + Send;

    /// When the person's calendar key was made.
    fn calendar_key(&self, person: PersonId) -> impl Future<Output = Answer<Option<Timestamp>>> + Send;

    /// Replaces the person's calendar key, or takes it away.
    fn set_calendar_key(
        &self,
        person: PersonId,
        key: Option<(&Digest, Timestamp)>,
    ) -> impl Future<Output = Answer<()>> + Send;

    /// Whose calendar key this is.
    fn person_of_calendar_key(&self, hash: &Digest) -> impl Future<Output = Answer<Option<PersonId>>> + Send;
}
