//! The composed pictures of one conference: which of them exist while somebody looks at them, and who gets which.
//!
//! Part of the runner's task. A viewer asks for "the composed picture" and no more; which programme that is
//! follows from the committed state and from who is heard. One picture for all, which is made while the meeting goes
//! out live as well; one more for whoever is seen large in it, so that nobody looks at themselves; and one for each
//! group of sites that was given its own.

mod contents;

use super::batch::Batch;
use super::statistics::FRESH_MS;
use super::task::Task;
use super::telling::volatile;
use crate::protocol::statistics::ProgrammeStatistics;
use crate::protocol::{ComposedStanding, Volatile};
use conference::Command;
use contents::Order;
use media_control::{
    Composition, LegId, MediaCommand, NoProgramme, ParticipantId, PictureCodec, ProgrammeFigures,
    ProgrammeNews, Source, Speaker, Wish,
};
use std::collections::{BTreeMap, BTreeSet};

/// Whose picture it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Of {
    All,
    /// Who is seen large by all: everybody but them.
    Speaker,
    /// A group of sites that was given another one.
    Group(u8),
}

/// One of the pictures that a conference may need: at most twice as many as groups, and four.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct View {
    of: Of,
    codec: PictureCodec,
}

impl View {
    /// As whose camera it is published.
    const fn programme(self) -> ParticipantId {
        let of = match self.of {
            Of::All => 0,
            Of::Speaker => 1,
            Of::Group(at) => 2 + at as u32,
        };
        let codec = matches!(self.codec, PictureCodec::Vp8) as u32;
        ParticipantId(ParticipantId::FIRST_PROGRAMME.0 + of * 2 + codec)
    }
}

/// A composed picture that was ordered.
#[derive(Debug)]
struct Programme {
    /// Of its picture and of its sound.
    legs: [LegId; 2],
    ordered: Composition,
    standing: Standing,
    /// When it was told last what it takes, and what.
    figures: Option<(i64, ProgrammeFigures)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Standing {
    Making,
    Shown,
    Lost,
    Refused(NoProgramme),
}

/// See the module's text.
#[derive(Debug, Default)]
pub(super) struct Programmes {
    made: BTreeMap<View, Programme>,
    /// Which one each viewer gets now.
    viewers: BTreeMap<ParticipantId, View>,
    /// Who spoke last.
    voice: Option<ParticipantId>,
}

impl Programmes {
    /// The wish as the media server is told it; `None` while there is no such picture.
    pub(super) fn resolved(&self, viewer: ParticipantId, wish: Wish) -> Option<Wish> {
        if !wish.participant.is_programme() {
            return Some(wish);
        }
        let view = self.viewers.get(&viewer)?;
        // Whoever asks for its sound hears nothing else: not before there is some.
        if wish.source == Source::Microphone && !self.is_there(*view) {
            return None;
        }
        Some(Wish { participant: view.programme(), ..wish })
    }

    /// Whoever spoke last stays until somebody else speaks alone: a word in between switches nobody's picture.
    fn hear(&mut self, speakers: &[Speaker]) {
        let is_still_heard = speakers.iter().any(|it| Some(it.participant) == self.voice);
        if let (false, Some(loudest)) = (is_still_heard, speakers.first()) {
            self.voice = Some(loudest.participant);
        }
    }

    fn is_there(&self, view: View) -> bool {
        self.made.get(&view).is_some_and(|it| matches!(it.standing, Standing::Shown | Standing::Lost))
    }

    fn is_refused(&self, view: View) -> bool {
        self.made.get(&view).is_some_and(|it| matches!(it.standing, Standing::Refused(_)))
    }

    fn of(&mut self, programme: ParticipantId) -> Option<&mut Programme> {
        self.made.iter_mut().find(|(view, _)| view.programme() == programme).map(|(_, made)| made)
    }
}

impl Task {
    /// After each round: orders the pictures that are looked at now, where they are others than before.
    pub(super) fn tell_mixer(&mut self) {
        let looking: Vec<ParticipantId> =
            self.places.iter().filter(|(_, place)| place.asks_for_composed()).map(|(id, _)| *id).collect();
        let is_told = self.places.values().any(|place| place.composed_told.is_some());
        let is_live = self.state.live().is_some();
        if looking.is_empty() && self.programmes.made.is_empty() && !is_told && !is_live {
            return;
        }
        self.programmes.hear(&self.speakers);
        let spotlit = contents::spotlit(&self.state, self.programmes.voice);
        let has_mixer = self.parts.media.has_mixer();
        let mut wanted = BTreeMap::new();
        let mut views = BTreeSet::new();
        if is_live && has_mixer {
            views.insert(View { of: Of::All, codec: PictureCodec::H264 });
        }
        for id in looking.into_iter().filter(|_| has_mixer) {
            let own = self.view_of(id, spotlit);
            // One too many: what all see is better than nothing.
            let view = if self.programmes.is_refused(own) { View { of: Of::All, ..own } } else { own };
            views.extend([own, view]);
            wanted.insert(id, view);
        }
        self.order(&views, spotlit);
        self.lead_viewers(wanted, &views);
        self.tell_standing();
    }

    /// The picture that is meant for somebody.
    fn view_of(&self, who: ParticipantId, spotlit: Option<ParticipantId>) -> View {
        let lacks_h264 = self.places.get(&who).is_some_and(|place| place.lacks_h264);
        let codec = if lacks_h264 { PictureCodec::Vp8 } else { PictureCodec::H264 };
        let site = self.state.participant(who).and_then(|it| it.site.as_ref());
        let group = site.and_then(|site| self.state.arrangements().group_of(site));
        let of = match group.and_then(|at| u8::try_from(at).ok()) {
            Some(at) => Of::Group(at),
            None if Some(who) == spotlit => Of::Speaker,
            None => Of::All,
        };
        View { of, codec }
    }

    fn order(&mut self, views: &BTreeSet<View>, spotlit: Option<ParticipantId>) {
        for view in views {
            let open = || [(); 2].map(|()| self.parts.legs.open(self.state.id()));
            let legs = self.programmes.made.get(view).map_or_else(open, |made| made.legs);
            let arrangements = self.state.arrangements();
            let arrangement = match view.of {
                Of::All | Of::Speaker => arrangements.for_all.as_ref(),
                Of::Group(at) => {
                    let group = arrangements.groups.get(usize::from(at));
                    group.map(|it| &it.arrangement).or(arrangements.for_all.as_ref())
                }
            };
            let without = spotlit.filter(|_| view.of == Of::Speaker);
            let order = Order { arrangement, without, programme: view.programme(), legs, codec: view.codec };
            let ordered = contents::composition(&self.state, &self.texts, order);
            let standing = match self.programmes.made.get(view) {
                Some(made) if made.ordered == ordered => continue,
                // Refused before, it may be made now.
                Some(Programme { standing: Standing::Refused(_), .. }) | None => Standing::Making,
                Some(made) => made.standing.clone(),
            };
            self.orders.push(MediaCommand::Compose { composition: Box::new(ordered.clone()) });
            let figures = self.programmes.made.get(view).and_then(|made| made.figures);
            self.programmes.made.insert(*view, Programme { legs, ordered, standing, figures });
        }
    }

    /// Gives each viewer the picture that is theirs, and ends those that nobody gets. Whoever changes over keeps
    /// the old one until the new one is there.
    fn lead_viewers(&mut self, wanted: BTreeMap<ParticipantId, View>, views: &BTreeSet<View>) {
        let programmes = &self.programmes;
        let lead = |(id, view): (ParticipantId, View)| {
            let before = programmes.viewers.get(&id).filter(|before| programmes.is_there(**before));
            let view = if programmes.is_there(view) { view } else { before.copied().unwrap_or(view) };
            (id, view)
        };
        let viewers: BTreeMap<ParticipantId, View> = wanted.into_iter().map(lead).collect();
        let is_needed = |view: &View| views.contains(view) || viewers.values().any(|it| it == view);
        let ended: Vec<View> = programmes.made.keys().filter(|it| !is_needed(it)).copied().collect();
        let before = std::mem::replace(&mut self.programmes.viewers, viewers);
        let now = &self.programmes.viewers;
        let all = before.keys().chain(now.keys()).collect::<BTreeSet<_>>();
        let changed: Vec<ParticipantId> =
            all.into_iter().filter(|id| before.get(id) != now.get(id)).copied().collect();
        for who in changed {
            self.tell_wishes(who);
        }
        ended.into_iter().for_each(|view| self.stop_composing(view));
    }

    fn stop_composing(&mut self, view: View) {
        let Some(programme) = self.programmes.made.remove(&view) else { return };
        programme.legs.into_iter().for_each(|leg| self.parts.legs.close(leg));
        let conference = self.state.id().clone();
        self.orders.push(MediaCommand::StopComposing { conference, programme: view.programme() });
    }

    pub(super) fn stop_all_composing(&mut self) {
        let views: Vec<View> = self.programmes.made.keys().copied().collect();
        views.into_iter().for_each(|view| self.stop_composing(view));
    }

    /// Tells those who look how their picture stands, where they have not heard it.
    fn tell_standing(&mut self) {
        let looking: Vec<ParticipantId> = self.places.keys().copied().collect();
        for who in looking {
            let standing = self.standing(who);
            let Some(place) = self.places.get_mut(&who) else { continue };
            if place.composed_told == standing {
                continue;
            }
            place.composed_told = standing;
            if let Some(standing) = standing {
                self.tell_volatile(who, volatile(Volatile::Composed { standing }));
            }
        }
    }

    /// `None` for those who look at no composed picture.
    fn standing(&self, who: ParticipantId) -> Option<ComposedStanding> {
        self.places.get(&who).filter(|place| place.asks_for_composed())?;
        let Some(view) = self.programmes.viewers.get(&who) else {
            return Some(ComposedStanding::NoMixer);
        };
        Some(match self.programmes.made.get(view).map(|it| &it.standing) {
            Some(Standing::Shown) => ComposedStanding::Shown,
            Some(Standing::Lost) => ComposedStanding::Lost,
            Some(Standing::Refused(NoProgramme::TooMany { .. } | NoProgramme::NoTime)) => {
                ComposedStanding::TooMany
            }
            Some(Standing::Refused(NoProgramme::BadSize { .. } | NoProgramme::NoEncoder)) => {
                ComposedStanding::NoEncoder
            }
            Some(Standing::Making) | None => ComposedStanding::Making,
        })
    }

    /// What each composed picture takes, as the mixer told just now.
    pub(super) fn programme_statistics(&self, now_ms: i64) -> Vec<ProgrammeStatistics> {
        let fresh = |(view, made): (&View, &Programme)| {
            let (at_ms, figures) = made.figures?;
            (now_ms - at_ms < FRESH_MS).then(|| ProgrammeStatistics::new(view.programme(), &figures))
        };
        self.programmes.made.iter().filter_map(fresh).collect()
    }

    /// The mixer or its supervisor tells of a composed picture.
    pub(super) fn take_programme(
        &mut self,
        batch: &mut Batch,
        programme: ParticipantId,
        news: &ProgrammeNews,
    ) {
        let conference = self.state.id();
        let (standing, is_lost) = match news {
            ProgrammeNews::Shown => (Standing::Shown, Some(false)),
            ProgrammeNews::Lost => {
                tracing::warn!(%conference, %programme, "composed picture lost, another mixer is started");
                (Standing::Lost, Some(true))
            }
            ProgrammeNews::Refused { refusal } => {
                tracing::warn!(%conference, %programme, %refusal, "picture is not composed");
                metrics::counter!("vc_runner_programmes_refused_total").increment(1);
                (Standing::Refused(refusal.clone()), None)
            }
            ProgrammeNews::Counted { figures } => {
                let now_ms = self.parts.clock.now_ms();
                if let Some(made) = self.programmes.of(programme) {
                    made.figures = Some((now_ms, *figures));
                }
                return;
            }
        };
        let before =
            self.programmes.of(programme).map(|made| std::mem::replace(&mut made.standing, standing));
        if before == Some(Standing::Making) {
            // With the picture comes its sound, for those who asked for it meanwhile.
            let has_it = |(_, view): &(&ParticipantId, &View)| view.programme() == programme;
            let viewers: Vec<ParticipantId> =
                self.programmes.viewers.iter().filter(has_it).map(|(id, _)| *id).collect();
            viewers.into_iter().for_each(|who| self.tell_wishes(who));
        }
        if let Some(is_lost) = is_lost {
            let done = self.decide(batch, Command::NoteProgramme { is_lost }, None);
            debug_assert!(done.is_ok(), "a note is never refused");
        }
    }
}
