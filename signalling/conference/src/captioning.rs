//! What composed pictures write under a site in place of its name, in this meeting.
//!
//! Called by `decide` and `evolve`; kept with the invited site, so that it goes when the site goes.

use crate::actor::Actor;
use crate::words::{Said, checked};
use crate::{Act, Event, Refusal, SiteId, State, TextId};

/// Most characters of a caption: a tile of half the picture holds no more.
pub const MAX_CAPTION_CHARS: u32 = 80;

/// Without words the name stands there again.
pub(crate) fn decide(
    state: &State,
    by: Actor,
    site: SiteId,
    caption: Option<Said>,
) -> Result<Vec<Event>, Refusal> {
    let by = state.authorise_actor(by, Act::SetStage)?;
    let before = state.invited(&site).ok_or(Refusal::NoSuchSite)?.caption;
    let caption = checked(caption, MAX_CAPTION_CHARS)?;
    if caption.is_none() && before.is_none() {
        return Ok(Vec::new());
    }
    Ok(vec![Event::CaptionSet { site, caption, by }])
}

pub(crate) fn carry_out(state: &mut State, site: &SiteId, caption: Option<TextId>) {
    if let Some(site) = state.sites.iter_mut().find(|known| known.id == *site) {
        site.caption = caption;
    }
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
        evolve(&mut state, &Event::SitesInvited { sites: vec![site("hn01"), site("dn07")] });
        state
    }

    /// Asks with words of so many characters, and carries out what came of it.
    fn ask(state: &mut State, role: Role, name: &str, chars: Option<usize>) -> Result<usize, Refusal> {
        let by = Actor::Outside { person: PersonId(1), role };
        let caption = chars.map(|chars| Said { text: state.next_text(), chars });
        let command = Command::SetCaption { by, site: site(name), caption };
        let events = decide(state, Timestamp(1), command)?;
        events.iter().for_each(|event| evolve(state, event));
        Ok(events.len())
    }

    fn caption(state: &State, name: &str) -> Option<TextId> {
        state.invited(&site(name)).and_then(|it| it.caption)
    }

    #[test]
    fn who_may_set_the_stage_writes_captions_and_others_are_refused() {
        let mut state = open();
        for role in [Role::Delegate, Role::Listener, Role::SiteOperator, Role::Clerk, Role::Administrator] {
            assert_eq!(ask(&mut state, role, "hn01", Some(9)), Err(Refusal::NotAllowed));
        }
        for role in [Role::Chair, Role::Secretary, Role::DutyOperator] {
            let text = state.next_text();
            assert_eq!(ask(&mut state, role, "hn01", Some(9)), Ok(1));
            assert_eq!(caption(&state, "hn01"), Some(text));
            assert!(state.used_texts().contains(&text), "its words are kept");
        }
        assert_eq!(caption(&state, "dn07"), None);
    }

    #[test]
    fn a_caption_is_short_and_of_an_invited_site() {
        let mut state = open();
        assert_eq!(ask(&mut state, Role::Chair, "xa99", Some(9)), Err(Refusal::NoSuchSite));
        assert_eq!(ask(&mut state, Role::Chair, "hn01", Some(81)), Err(Refusal::TextLength { limit: 80 }));
        assert_eq!(ask(&mut state, Role::Chair, "hn01", Some(80)), Ok(1));
    }

    #[test]
    fn clearing_it_gives_the_name_back() {
        let mut state = open();
        assert_eq!(ask(&mut state, Role::Chair, "hn01", None), Ok(0), "nothing to clear");
        assert_eq!(ask(&mut state, Role::Chair, "hn01", Some(9)), Ok(1));
        assert_eq!(ask(&mut state, Role::Chair, "hn01", Some(0)), Ok(1));
        assert_eq!(caption(&state, "hn01"), None);
    }

    #[test]
    fn it_lasts_as_long_as_the_site_is_invited_and_the_sitting_goes_on() {
        let mut state = open();
        assert_eq!(ask(&mut state, Role::Chair, "hn01", Some(9)), Ok(1));
        evolve(&mut state, &Event::SitesInvited { sites: vec![site("dn07"), site("hn01")] });
        assert!(caption(&state, "hn01").is_some(), "invited still");
        evolve(&mut state, &Event::Reopened {});
        assert_eq!(caption(&state, "hn01"), None, "another meeting");
    }
}
