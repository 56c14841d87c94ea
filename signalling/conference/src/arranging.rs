//! How composed pictures are divided and who sits where: for all, and for groups of sites of their own.
//!
//! Called by `decide`, `evolve` and the views; the runner makes compositions from it. What is not chosen
//! follows the stage.

use crate::actor::Actor;
use crate::{Act, Event, Refusal, SiteId, State};
use media_control::Tiling;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Most groups of sites with a picture of their own: each costs an encode.
pub const MAX_GROUPS: usize = 4;

/// Whom a seat is kept for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "shows", rename_all = "snake_case")]
pub enum SeatHolder {
    /// Whoever stands for the site; its name while nobody does.
    Site { site: SiteId },
    /// Who waits longest to speak.
    Queue,
    /// The site at which the patrol is.
    Patrol,
}

/// A seat that is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GivenSeat {
    /// By the order of the layout's tiles, from 0.
    pub seat: u8,
    #[serde(flatten)]
    #[ts(flatten)]
    pub holder: SeatHolder,
}

/// One chosen division; seats that are not given go to whoever speaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Arrangement {
    pub tiling: Tiling,
    pub seats: Vec<GivenSeat>,
}

/// Sites that get another picture than all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PictureGroup {
    pub sites: Vec<SiteId>,
    pub arrangement: Arrangement,
}

/// What was chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Arrangements {
    /// Absent while the picture follows the stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub for_all: Option<Arrangement>,
    pub groups: Vec<PictureGroup>,
}

impl Arrangements {
    /// The number of the group that a site is in.
    #[must_use]
    pub fn group_of(&self, site: &SiteId) -> Option<usize> {
        self.groups.iter().position(|group| group.sites.contains(site))
    }

    /// With another choice for these sites, or for all without any.
    fn with(&self, sites: &[SiteId], arrangement: Option<&Arrangement>) -> Self {
        let mut next = self.clone();
        if sites.is_empty() {
            next.for_all = arrangement.cloned();
            return next;
        }
        for group in &mut next.groups {
            group.sites.retain(|site| !sites.contains(site));
        }
        if let Some(arrangement) = arrangement {
            // Equal pictures are one.
            match next.groups.iter_mut().find(|group| group.arrangement == *arrangement) {
                Some(group) => group.sites.extend_from_slice(sites),
                None => {
                    next.groups.push(PictureGroup { sites: sites.to_vec(), arrangement: arrangement.clone() })
                }
            }
        }
        next.groups.retain(|group| !group.sites.is_empty());
        next
    }
}

pub(crate) fn decide(
    state: &State,
    by: Actor,
    sites: Vec<SiteId>,
    arrangement: Option<Arrangement>,
) -> Result<Vec<Event>, Refusal> {
    let by = state.authorise_actor(by, Act::SetStage)?;
    let holders = arrangement.iter().flat_map(|it| &it.seats).filter_map(|seat| match &seat.holder {
        SeatHolder::Site { site } => Some(site),
        SeatHolder::Queue | SeatHolder::Patrol => None,
    });
    if sites.iter().chain(holders).any(|site| state.invited(site).is_none()) {
        return Err(Refusal::NoSuchSite);
    }
    if let Some(it) = &arrangement {
        for (at, given) in it.seats.iter().enumerate() {
            let is_given =
                it.seats[..at].iter().any(|other| other.seat == given.seat || other.holder == given.holder);
            if given.seat >= it.tiling.seats() || is_given {
                return Err(Refusal::BadSeat { seat: given.seat });
            }
        }
    }
    let mut unique: Vec<SiteId> = Vec::new();
    for site in sites {
        if !unique.contains(&site) {
            unique.push(site);
        }
    }
    let next = state.arrangements.with(&unique, arrangement.as_ref());
    if next.groups.len() > MAX_GROUPS {
        return Err(Refusal::PicturesFull { limit: MAX_GROUPS as u32 });
    }
    if next == state.arrangements {
        return Ok(Vec::new());
    }
    Ok(vec![Event::PictureArranged { sites: unique, arrangement, by }])
}

pub(crate) fn carry_out(state: &mut State, sites: &[SiteId], arrangement: Option<&Arrangement>) {
    state.arrangements = state.arrangements.with(sites, arrangement);
    // A row of another time may go beyond today's limit.
    state.arrangements.groups.truncate(MAX_GROUPS);
    forget_uninvited(state);
}

/// After the invited sites have changed.
pub(crate) fn forget_uninvited(state: &mut State) {
    let State { arrangements, sites, .. } = state;
    let is_invited = |id: &SiteId| sites.iter().any(|site| site.id == *id);
    for group in &mut arrangements.groups {
        group.sites.retain(is_invited);
    }
    arrangements.groups.retain(|group| !group.sites.is_empty());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Command, PersonId, Role, Settings, Timestamp, decide, evolve};
    use media_control::ConferenceId;

    fn site(name: &str) -> SiteId {
        SiteId::new(name).expect("a good name")
    }

    fn open() -> State {
        let mut state = State::new(ConferenceId::new("giao-ban").expect("a good name"));
        evolve(&mut state, &Event::Opened { settings: Settings::default() });
        let sites = ["hn01", "dn07", "ct03", "hp02", "hu04", "ls05"].map(site).to_vec();
        evolve(&mut state, &Event::SitesInvited { sites });
        state
    }

    fn kept(seat: u8, name: &str) -> GivenSeat {
        GivenSeat { seat, holder: SeatHolder::Site { site: site(name) } }
    }

    /// Asks, and carries out what came of it.
    fn ask(
        state: &mut State,
        role: Role,
        sites: &[&str],
        arrangement: Option<(Tiling, &[GivenSeat])>,
    ) -> Result<usize, Refusal> {
        let by = Actor::Outside { person: PersonId(1), role };
        let sites = sites.iter().map(|it| site(it)).collect();
        let arrangement = arrangement.map(|(tiling, seats)| Arrangement { tiling, seats: seats.to_vec() });
        let events = decide(state, Timestamp(1), Command::ArrangePicture { by, sites, arrangement })?;
        events.iter().for_each(|event| evolve(state, event));
        Ok(events.len())
    }

    #[test]
    fn who_may_set_the_stage_divides_the_picture_and_others_are_refused() {
        let mut state = open();
        let wanted = Some((Tiling::OneAndThree, &[kept(0, "hn01")][..]));
        for role in [Role::Delegate, Role::Listener, Role::SiteOperator, Role::Administrator] {
            assert_eq!(ask(&mut state, role, &[], wanted), Err(Refusal::NotAllowed));
        }
        assert_eq!(ask(&mut state, Role::DutyOperator, &[], wanted), Ok(1));
        assert_eq!(ask(&mut state, Role::Chair, &[], wanted), Ok(0), "nothing has changed");
        assert_eq!(state.arrangements().for_all.as_ref().map(|it| it.tiling), Some(Tiling::OneAndThree));
        assert_eq!(ask(&mut state, Role::Secretary, &[], None), Ok(1));
        assert_eq!(state.arrangements(), &Arrangements::default());
    }

    #[test]
    fn seats_that_cannot_be_given_are_named() {
        let mut state = open();
        let mut refused = |tiling, seats: &[GivenSeat]| {
            ask(&mut state, Role::Chair, &[], Some((tiling, seats))).expect_err("is refused")
        };
        assert_eq!(refused(Tiling::OneAndOne, &[kept(2, "hn01")]), Refusal::BadSeat { seat: 2 });
        let twice = [kept(0, "hn01"), kept(1, "hn01")];
        assert_eq!(refused(Tiling::Grid2, &twice), Refusal::BadSeat { seat: 1 });
        assert_eq!(refused(Tiling::Grid2, &[kept(0, "xa99")]), Refusal::NoSuchSite);
    }

    #[test]
    fn equal_pictures_are_one_group_and_groups_are_few() {
        let mut state = open();
        let grid = |tiling| Some((tiling, &[][..]));
        for (name, tiling) in [
            ("hn01", Tiling::Grid2),
            ("dn07", Tiling::Grid2),
            ("ct03", Tiling::Grid3),
            ("hp02", Tiling::Grid4),
            ("hu04", Tiling::Grid5),
        ] {
            assert_eq!(ask(&mut state, Role::Chair, &[name], grid(tiling)), Ok(1));
        }
        assert_eq!(state.arrangements().groups.len(), MAX_GROUPS);
        assert_eq!(
            state.arrangements().group_of(&site("hn01")),
            state.arrangements().group_of(&site("dn07"))
        );
        let full = ask(&mut state, Role::Chair, &["ls05"], grid(Tiling::Full));
        assert_eq!(full, Err(Refusal::PicturesFull { limit: 4 }));
        assert_eq!(ask(&mut state, Role::Chair, &["ct03"], None), Ok(1));
        assert_eq!(ask(&mut state, Role::Chair, &["ls05"], grid(Tiling::Full)), Ok(1));
        evolve(&mut state, &Event::SitesInvited { sites: vec![site("hn01")] });
        assert_eq!(state.arrangements().groups.len(), 1, "who is no longer invited is forgotten");
    }
}
