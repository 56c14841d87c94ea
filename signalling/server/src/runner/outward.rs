//! What a conference tells the rest of the server once it is committed.
//!
//! Part of the runner's task. Never waits: news that find no room are dropped and counted.

use super::task::Task;
use crate::news::{Happened, News};
use conference::roll_call::RollCallEvent;
use conference::{Event, Timestamp};

impl Task {
    /// `events` are committed and carried out.
    pub(super) fn tell_outside(&self, events: &[Event]) {
        let arrivals =
            events.iter().filter(|event| matches!(event, Event::Joined(_) | Event::Admitted { .. })).count();
        // Everybody who is in has come with these events: before them it was empty.
        if arrivals > 0 && self.state.participants().len() == arrivals {
            self.tell_news(Happened::Opened);
        }
        for event in events {
            match event {
                Event::Ended { .. } => {
                    self.tell_news(Happened::Ended { for_good: !self.state.settings().always_open });
                }
                Event::RollCall(RollCallEvent::Walked { .. }) => self.tell_news(Happened::RollCalled),
                _ => {}
            }
        }
    }

    fn tell_news(&self, what: Happened) {
        let at = Timestamp(self.parts.clock.now_ms());
        let news = News { conference: self.state.id().clone(), what, at };
        if self.parts.news.try_send(news).is_err() {
            metrics::counter!("vc_runner_news_dropped_total").increment(1);
        }
    }
}
