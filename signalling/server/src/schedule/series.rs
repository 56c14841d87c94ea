//! The times of a series, by the calendar of Việt Nam, which has had one offset since 1975.
//!
//! Called when a series is shown or made. Pure; what it is fed comes from outside, so every number is
//! bounded before it is counted with.

use crate::protocol::meetings::{SeriesRule, Weekday};
use jiff::civil::{Date, DateTime};
use jiff::tz::{TimeZone, offset};
use jiff::{Timestamp, ToSpan as _};

/// Most meetings of a series.
pub(crate) const MAX_SERIES: usize = 60;
/// Most weeks or months between two meetings.
const MAX_STEP: u32 = 12;
/// Weeks or months that are looked at: 60 meetings every 12 months, and some without a fifth week.
const MAX_ROUNDS: i32 = 800;

/// What is wrong with a rule: the name of the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} has a form that is not allowed")]
pub(crate) struct BadRule(pub &'static str);

fn zone() -> TimeZone {
    TimeZone::fixed(offset(7))
}

/// The calendar's view of `at_ms`.
pub(crate) fn local(at_ms: i64) -> Option<DateTime> {
    Some(Timestamp::from_millisecond(at_ms).ok()?.to_zoned(zone()).datetime())
}

/// The time that the calendar names.
pub(crate) fn instant(at: DateTime) -> Option<i64> {
    Some(at.to_zoned(zone()).ok()?.timestamp().as_millisecond())
}

const fn weekday(day: Weekday) -> jiff::civil::Weekday {
    match day {
        Weekday::Mon => jiff::civil::Weekday::Monday,
        Weekday::Tue => jiff::civil::Weekday::Tuesday,
        Weekday::Wed => jiff::civil::Weekday::Wednesday,
        Weekday::Thu => jiff::civil::Weekday::Thursday,
        Weekday::Fri => jiff::civil::Weekday::Friday,
        Weekday::Sat => jiff::civil::Weekday::Saturday,
        Weekday::Sun => jiff::civil::Weekday::Sunday,
    }
}

/// Up to where the meetings go.
struct Bounds {
    until_ms: i64,
    count: usize,
    /// Without a count, more than fit are refused rather than left out silently.
    refuses_more: bool,
}

fn bounds(until_ms: Option<i64>, count: Option<u32>) -> Result<Bounds, BadRule> {
    match (until_ms, count) {
        (None, None) => Err(BadRule("count")),
        (_, Some(0)) => Err(BadRule("count")),
        (_, Some(count)) if count as usize > MAX_SERIES => Err(BadRule("count")),
        (until, count) => Ok(Bounds {
            until_ms: until.unwrap_or(i64::MAX),
            count: count.map_or(MAX_SERIES, |count| count as usize),
            refuses_more: count.is_none(),
        }),
    }
}

/// When the meetings of the series are that begins at `start_ms`, in order.
///
/// # Errors
/// The field that is out of bounds, or that leaves no meeting at all.
pub(crate) fn times(start_ms: i64, rule: &SeriesRule) -> Result<Vec<i64>, BadRule> {
    let start = local(start_ms).ok_or(BadRule("starts_ms"))?;
    let (until_ms, count) = match *rule {
        SeriesRule::Week { until_ms, count, .. } | SeriesRule::Month { until_ms, count, .. } => {
            (until_ms, count)
        }
    };
    let bounds = bounds(until_ms, count)?;
    let mut found = Vec::new();
    for round in 0..MAX_ROUNDS {
        let Some(dates) = dates_of_round(start.date(), rule, round)? else { break };
        for date in dates.into_iter().filter(|date| *date >= start.date()) {
            let Some(at_ms) = instant(date.to_datetime(start.time())) else { continue };
            if at_ms > bounds.until_ms || (found.len() == bounds.count && !bounds.refuses_more) {
                return done(found);
            }
            if found.len() == bounds.count {
                return Err(BadRule("until_ms"));
            }
            found.push(at_ms);
        }
    }
    done(found)
}

fn done(found: Vec<i64>) -> Result<Vec<i64>, BadRule> {
    if found.is_empty() { Err(BadRule("until_ms")) } else { Ok(found) }
}

/// The days of one round, in order; `None` behind the end of the calendar.
fn dates_of_round(first: Date, rule: &SeriesRule, round: i32) -> Result<Option<Vec<Date>>, BadRule> {
    match rule {
        SeriesRule::Week { weeks, days, .. } => {
            let step = bounded(*weeks, "weeks")?;
            let back = i64::from(first.weekday().to_monday_zero_offset());
            let monday =
                first.checked_sub(back.days()).and_then(|monday| monday.checked_add((round * step).weeks()));
            let Ok(monday) = monday else { return Ok(None) };
            let mut wanted: Vec<i64> =
                days.iter().map(|day| i64::from(weekday(*day).to_monday_zero_offset())).collect();
            if wanted.is_empty() {
                wanted.push(back);
            }
            wanted.sort_unstable();
            wanted.dedup();
            Ok(Some(wanted.into_iter().filter_map(|day| monday.checked_add(day.days()).ok()).collect()))
        }
        SeriesRule::Month { months, week, day, .. } => {
            let step = bounded(*months, "months")?;
            if !matches!(week, 1..=4 | -1) {
                return Err(BadRule("week"));
            }
            let month = first.first_of_month().checked_add((round * step).months());
            let Ok(month) = month else { return Ok(None) };
            Ok(Some(month.nth_weekday_of_month(*week, weekday(*day)).into_iter().collect()))
        }
    }
}

fn bounded(step: u32, field: &'static str) -> Result<i32, BadRule> {
    i32::try_from(step).ok().filter(|_| (1..=MAX_STEP).contains(&step)).ok_or(BadRule(field))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ms(text: &str) -> i64 {
        instant(text.parse().expect("a local time")).expect("in the calendar")
    }

    fn shown(times: &[i64]) -> Vec<String> {
        times
            .iter()
            .map(|at| local(*at).expect("in the calendar").strftime("%a %d/%m/%Y %H:%M").to_string())
            .collect()
    }

    #[test]
    fn week_days_come_in_order_every_second_week() {
        let rule = SeriesRule::Week {
            weeks: 2,
            days: vec![Weekday::Thu, Weekday::Mon, Weekday::Mon],
            until_ms: None,
            count: Some(5),
        };
        let times = times(ms("2026-11-24T08:00"), &rule).expect("a good rule");
        assert_eq!(
            shown(&times),
            [
                "Thu 26/11/2026 08:00",
                "Mon 07/12/2026 08:00",
                "Thu 10/12/2026 08:00",
                "Mon 21/12/2026 08:00",
                "Thu 24/12/2026 08:00"
            ]
        );
    }

    #[test]
    fn last_friday_of_every_month_until_a_day() {
        let until_ms = Some(ms("2027-02-26T23:59"));
        let rule = SeriesRule::Month { months: 1, week: -1, day: Weekday::Fri, until_ms, count: None };
        let times = times(ms("2026-11-24T14:30"), &rule).expect("a good rule");
        assert_eq!(
            shown(&times),
            ["Fri 27/11/2026 14:30", "Fri 25/12/2026 14:30", "Fri 29/01/2027 14:30", "Fri 26/02/2027 14:30"]
        );
    }

    #[test]
    fn early_morning_keeps_its_day_although_it_is_the_day_before_in_greenwich() {
        let rule = SeriesRule::Week { weeks: 1, days: Vec::new(), until_ms: None, count: Some(2) };
        let times = times(ms("2026-11-24T06:00"), &rule).expect("a good rule");
        assert_eq!(shown(&times), ["Tue 24/11/2026 06:00", "Tue 01/12/2026 06:00"]);
    }

    #[test]
    fn rule_without_an_end_or_with_more_than_sixty_meetings_is_refused() {
        let week = |until_ms, count| SeriesRule::Week { weeks: 1, days: Vec::new(), until_ms, count };
        let start = ms("2026-11-24T08:00");
        assert_eq!(times(start, &week(None, None)), Err(BadRule("count")));
        assert_eq!(times(start, &week(None, Some(61))), Err(BadRule("count")));
        assert_eq!(times(start, &week(Some(ms("2028-11-24T08:00")), None)), Err(BadRule("until_ms")));
        assert_eq!(times(start, &week(Some(start - 1), None)), Err(BadRule("until_ms")));
        let none = SeriesRule::Week { weeks: 0, days: Vec::new(), until_ms: None, count: Some(1) };
        assert_eq!(times(start, &none), Err(BadRule("weeks")));
    }

    fn any_rule() -> impl Strategy<Value = SeriesRule> {
        let day = || {
            prop::sample::select(vec![
                Weekday::Mon,
                Weekday::Tue,
                Weekday::Wed,
                Weekday::Thu,
                Weekday::Fri,
                Weekday::Sat,
                Weekday::Sun,
            ])
        };
        let until = || prop::option::of(any::<i64>());
        let count = || prop::option::of(prop_oneof![any::<u32>(), 0..70_u32]);
        let step = || prop_oneof![any::<u32>(), 0..14_u32];
        prop_oneof![
            (step(), prop::collection::vec(day(), 0..9), until(), count())
                .prop_map(|(weeks, days, until_ms, count)| SeriesRule::Week { weeks, days, until_ms, count }),
            (step(), any::<i8>(), day(), until(), count()).prop_map(
                |(months, week, day, until_ms, count)| {
                    SeriesRule::Month { months, week, day, until_ms, count }
                }
            ),
        ]
    }

    proptest! {
        #[test]
        fn any_rule_gives_a_bounded_list_in_order_or_a_refusal(
            start_ms in prop_oneof![any::<i64>(), 1_700_000_000_000..2_000_000_000_000_i64],
            rule in any_rule(),
        ) {
            if let Ok(times) = times(start_ms, &rule) {
                prop_assert!(!times.is_empty() && times.len() <= MAX_SERIES);
                prop_assert!(times.windows(2).all(|two| two[0] < two[1]));
                prop_assert!(times[0] >= start_ms - start_ms.rem_euclid(1000) - 1000);
            }
        }
    }
}
