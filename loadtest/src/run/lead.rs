//! Leads a full meeting by the HTTP API and measures what those who lead wait for: roll call, floor, mute of all,
//! and a command while everybody comes in.
//!
//! Called by the program. Every site comes with real media and notes when its own connection brought what was
//! decided; nothing is read off the server's side but its answers.

use super::progress::Progress;
use crate::client::{Codec, Crowd, Part, Profile, Setting};
use crate::error::Failure;
use crate::material::Stock;
use crate::peer::Launch;
use crate::peer::ours::Diemcau;
use crate::peer::ours::led::Led;
use crate::peer::ours::place::{Heard, Place, Plan, Told, Watching};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Longest that all sites need to come in.
const COME_IN: Duration = Duration::from_secs(180);
/// Longest until all sites have heard of something.
const HEARD: Duration = Duration::from_secs(20);
/// Between two commands of the chair during the storm.
const COMMAND_EVERY: Duration = Duration::from_millis(250);
/// All sites come in within this time.
const STORM: Duration = Duration::from_secs(5);
const LAYERS: &[&str] = &["q", "h", "f"];
const RESULTS: [&str; 4] = ["present", "no_sound", "no_picture", "absent"];

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub sites: usize,
    pub grants: usize,
    pub mutes: usize,
    /// Small pictures beside the stage of each site.
    pub thumbnails: usize,
    pub stock: Arc<Stock>,
    /// Core of the clients.
    pub core: usize,
    /// Where the sheets and the server's store are put for other readers.
    pub keep: Option<PathBuf>,
}

/// Times of one kind, in milliseconds.
#[derive(Clone, Debug, Default)]
pub struct Times(Vec<f64>);

impl Times {
    fn note(&mut self, time: Duration) {
        self.0.push(time.as_secs_f64() * 1_000.0);
    }

    /// The value below which this share lies; of none, none.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let rank = (share * sorted.len() as f64).ceil() as usize;
        sorted.get(rank.max(1) - 1).copied()
    }

    /// `NAME_ms_p50` and so on.
    fn put(&self, into: &mut Value, name: &str) {
        let short = |value: Option<f64>| value.map(|it| (it * 10.0).round() / 10.0);
        into[format!("{name}_ms_p50")] = json!(short(self.quantile(0.5)));
        into[format!("{name}_ms_p95")] = json!(short(self.quantile(0.95)));
        into[format!("{name}_ms_max")] = json!(short(self.quantile(1.0)));
    }
}

/// A run from the first site that comes in to the last sheet: what was measured, in JSON with the units in the keys.
///
/// # Errors
/// What kept it from going on; a site that fell out is counted, not an error.
pub fn measure(launch: &Launch, wanted: &Wanted) -> Result<Value, Failure> {
    let progress = Progress::new("lead");
    let server = Diemcau::start(launch)?;
    let led = server.invite_sites(wanted.sites)?;
    let crowd = Crowd::start(Setting::new(wanted.core, Arc::clone(&wanted.stock), Profile::Spaced))?;
    let chair = led.chair()?;
    let mut meeting = Meeting::new(&led, &crowd, wanted.thumbnails, &progress);
    let storm = meeting.storm()?;
    let floor = meeting.floor(wanted.grants)?;
    let mutes = meeting.mutes(wanted.mutes, &chair)?;
    let roll_call = meeting.roll_call()?;
    let sheets = meeting.sheets(wanted.keep.as_deref())?;
    if let Some(folder) = &wanted.keep {
        server.keep_store(folder)?;
    }
    progress.done();
    Ok(json!({
        "sites": wanted.sites,
        "sites_connected": crowd.look().connected(),
        "sites_fell_out": meeting.fell_out,
        "storm": storm,
        "floor": floor,
        "mute_all": mutes,
        "roll_call": roll_call,
        "sheets": sheets,
    }))
}

/// The meeting as this run follows it.
struct Meeting<'a> {
    led: &'a Led<'a>,
    crowd: &'a Crowd,
    progress: &'a Progress,
    thumbnails: usize,
    places: Vec<Option<Place>>,
    /// Number of each site's participant, once it is in.
    participants: Vec<Option<u64>>,
    answered: Vec<bool>,
    fell_out: usize,
    tell: std::sync::mpsc::Sender<(usize, Told)>,
    told: Receiver<(usize, Told)>,
}

impl<'a> Meeting<'a> {
    fn new(led: &'a Led<'a>, crowd: &'a Crowd, thumbnails: usize, progress: &'a Progress) -> Self {
        let (tell, told) = channel();
        let count = led.sites.len();
        Self {
            led,
            crowd,
            progress,
            thumbnails,
            places: (0..count).map(|_| None).collect(),
            participants: vec![None; count],
            answered: vec![false; count],
            fell_out: 0,
            tell,
            told,
        }
    }

    fn enter(&mut self, number: usize) -> Result<(), Failure> {
        let client = self.crowd.client(Part::Sender { codec: Codec::Vp8, rids: LAYERS })?;
        let watching =
            Watching::Stage { height_px: 720, thumbnails: self.thumbnails, thumbnail_px: 180, turned_by: 0 };
        let plan = Plan { microphone: true, camera: true, watching };
        let tell = self.tell.clone();
        // Nobody listens any more at the end.
        let told = move |word| drop(tell.send((number, word)));
        self.places[number] = Some(self.led.enter(number, plan, client, told));
        Ok(())
    }

    /// Takes in what a site tells; what it heard goes on to the caller.
    fn learn(&mut self, number: usize, told: Told) -> Option<(usize, Heard, Instant)> {
        match told {
            Told::Welcome(participant) => self.participants[number] = Some(participant),
            Told::Answered => self.answered[number] = true,
            Told::Heard(heard, at) => return Some((number, heard, at)),
            Told::Over(why) => {
                self.fell_out += 1;
                self.places[number] = None;
                self.progress.tell(&format!("site {number} fell out: {why}"));
            }
        }
        None
    }

    /// All sites come in at once; meanwhile the chair gives the first one the floor and takes it back.
    fn storm(&mut self) -> Result<Value, Failure> {
        self.enter(0)?;
        let until = Instant::now() + COME_IN;
        while !self.answered[0] {
            self.hear_until(Instant::now() + Duration::from_millis(50));
            if Instant::now() > until {
                return Err(self.stuck());
            }
        }
        let (began, count) = (Instant::now(), self.places.len());
        let (mut entered, mut command_due) = (1, began);
        let (mut answers, mut seen) = (Times::default(), Times::default());
        loop {
            let now = Instant::now();
            let due = 1 + ((now - began).as_secs_f64() / STORM.as_secs_f64() * count as f64) as usize;
            while entered < due.min(count) {
                self.enter(entered)?;
                entered += 1;
            }
            if now >= command_due {
                command_due = now + COMMAND_EVERY;
                let grant = json!({"participant": self.participants[0]});
                let (asked, (_, took)) = (Instant::now(), self.led.lead("floor/grant", &grant)?);
                answers.note(took);
                if let Some(at) = self.until_stage(0, self.participants[0]) {
                    seen.note(at.saturating_duration_since(asked));
                }
                answers.note(self.led.lead("floor/release", &json!({}))?.1);
            }
            self.hear_until(Instant::now() + Duration::from_millis(5));
            let connected = self.crowd.look().connected();
            self.progress.show("come in", connected, count);
            if connected >= count - self.fell_out.min(count) && self.answered.iter().all(|it| *it) {
                break;
            }
            if now > until || self.progress.is_stopped() {
                return Err(self.stuck());
            }
        }
        let mut told = json!({"all_connected_s": round(began.elapsed().as_secs_f64())});
        told["commands"] = json!(answers.0.len());
        answers.put(&mut told, "answer");
        seen.put(&mut told, "first_site_sees");
        Ok(told)
    }

    fn stuck(&self) -> Failure {
        let (of, look) = (self.places.len(), self.crowd.look());
        let waiting = of.saturating_sub(look.connected());
        Failure::NotConnected { waiting, of, seconds: COME_IN.as_secs(), stuck: look.stuck() }
    }

    fn hear_until(&mut self, until: Instant) {
        while let Ok((number, told)) = self.told.recv_timeout(until.saturating_duration_since(Instant::now()))
        {
            self.learn(number, told);
        }
    }

    /// When the site of this number was told that `who` alone stands on the stage.
    fn until_stage(&mut self, site: usize, who: Option<u64>) -> Option<Instant> {
        let until = Instant::now() + HEARD;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let (number, told) = self.told.recv_timeout(left).ok()?;
            match self.learn(number, told) {
                Some((number, Heard::Stage(pictures), at))
                    if number == site && pictures.first().copied() == who =>
                {
                    return Some(at);
                }
                _ => {}
            }
        }
    }

    /// When each site heard something for which `is_it`; those that fell out are not waited for.
    fn all_hear(&mut self, asked: Instant, is_it: impl Fn(&Heard) -> bool) -> Vec<Duration> {
        let mut heard: Vec<Option<Duration>> = vec![None; self.places.len()];
        let until = Instant::now() + HEARD;
        loop {
            let waiting = heard.iter().zip(&self.places).any(|(it, place)| it.is_none() && place.is_some());
            let left = until.saturating_duration_since(Instant::now());
            if !waiting || left.is_zero() {
                return heard.into_iter().flatten().collect();
            }
            let Ok((number, told)) = self.told.recv_timeout(left) else { continue };
            if let Some((number, word, at)) = self.learn(number, told)
                && is_it(&word)
            {
                heard[number].get_or_insert(at.saturating_duration_since(asked));
            }
        }
    }

    /// Gives the floor to one site after the other, far apart in the list.
    fn floor(&mut self, grants: usize) -> Result<Value, Failure> {
        let (mut answers, mut sites, mut last) = (Times::default(), Times::default(), Times::default());
        let mut missed = 0;
        for turn in 0..grants {
            self.progress.show("floor", turn, grants);
            let site = (turn * 37 + 1) % self.places.len();
            let who = self.participants[site];
            // What was on its way before has arrived.
            self.hear_until(Instant::now() + Duration::from_millis(300));
            let asked = Instant::now();
            answers.note(self.led.lead("floor/grant", &json!({"site": self.led.sites[site]}))?.1);
            let heard = self.all_hear(
                asked,
                |word| matches!(word, Heard::Stage(pictures) if pictures.first().copied() == who),
            );
            missed += self.places.iter().flatten().count().saturating_sub(heard.len());
            if let Some(slowest) = heard.iter().max() {
                last.note(*slowest);
            }
            heard.into_iter().for_each(|time| sites.note(time));
        }
        self.led.lead("floor/release", &json!({}))?;
        let mut told = json!({"grants": grants, "sites_not_told": missed});
        answers.put(&mut told, "answer");
        sites.put(&mut told, "site_sees_stage");
        last.put(&mut told, "last_site_sees_stage");
        Ok(told)
    }

    /// Mutes all and takes it back.
    fn mutes(&mut self, mutes: usize, chair: &crate::peer::ours::led::Chair) -> Result<Value, Failure> {
        let (mut answers, mut sites, mut last) = (Times::default(), Times::default(), Times::default());
        let (mut silenced, mut missed) = (Vec::new(), 0);
        for turn in 0..mutes {
            self.progress.show("mute of all", turn, mutes);
            self.hear_until(Instant::now() + Duration::from_millis(300));
            let asked = Instant::now();
            let (answer, took) = self.led.lead("mute", &json!({}))?;
            answers.note(took);
            silenced.push(answer["muted"].as_u64().unwrap_or(0));
            let heard = self.all_hear(asked, |word| matches!(word, Heard::Muted(_)));
            missed += self.places.iter().flatten().count().saturating_sub(heard.len());
            if let Some(slowest) = heard.iter().max() {
                last.note(*slowest);
            }
            heard.into_iter().for_each(|time| sites.note(time));
            chair.ask(&json!({"type": "undo_mute"}))?;
            self.all_hear(Instant::now(), |word| matches!(word, Heard::Unmuted(_)));
        }
        let fewest = silenced.iter().min();
        let mut told = json!({"mutes": mutes, "fewest_silenced": fewest, "sites_not_told": missed});
        answers.put(&mut told, "answer");
        sites.put(&mut told, "site_sees");
        last.put(&mut told, "last_site_sees");
        Ok(told)
    }

    /// Calls every site: marks it when it has seen itself on the stage.
    fn roll_call(&mut self) -> Result<Value, Failure> {
        let count = self.places.len();
        let (mut answers, mut on_stage) = (Times::default(), Times::default());
        self.hear_until(Instant::now() + Duration::from_millis(300));
        let began = Instant::now();
        let mut asked = began;
        let (standing, _) = self.led.lead("roll-call", &json!({}))?;
        let mut current = standing["current"].as_str().map(str::to_owned);
        let mut marked = 0;
        while let Some(site) = current {
            self.progress.show("roll call", marked, count);
            let number = self.led.sites.iter().position(|known| *known == site).unwrap_or(0);
            if self.places[number].is_some()
                && let Some(at) = self.until_stage(number, self.participants[number])
            {
                on_stage.note(at.saturating_duration_since(asked));
            }
            let mark = mark(number);
            asked = Instant::now();
            let (answer, took) = self.led.lead(&format!("roll-call/{site}"), &mark)?;
            answers.note(took);
            marked += 1;
            current = answer["roll_call"]["current"].as_str().map(str::to_owned);
            if self.progress.is_stopped() {
                return Err(Failure::Stopped);
            }
        }
        let seconds = began.elapsed().as_secs_f64();
        let shown = self.led.shown()?;
        let sites = shown["sites"].as_array().cloned().unwrap_or_default();
        let is_as_marked = |(number, site): (usize, &Value)| {
            let wanted = mark(number);
            // What is empty is left out.
            let note = site["note"].as_str().unwrap_or_default();
            site["result"] == wanted["result"] && site["people"] == wanted["people"] && note == wanted["note"]
        };
        let as_marked = sites.iter().enumerate().filter(|it| is_as_marked(*it)).count();
        let mut told = json!({
            "sites_marked": marked,
            "sites_as_marked": as_marked,
            "total_s": round(seconds),
            "s_per_site": (seconds / marked.max(1) as f64 * 10_000.0).round() / 10_000.0,
        });
        answers.put(&mut told, "answer");
        on_stage.put(&mut told, "called_site_sees_itself");
        Ok(told)
    }

    /// Fetches the three sheets.
    fn sheets(&self, keep: Option<&std::path::Path>) -> Result<Value, Failure> {
        let mut told = json!({});
        for form in ["csv", "xlsx", "pdf"] {
            let began = Instant::now();
            let bytes = self.led.sheet(form)?;
            told[format!("{form}_ms")] = json!(round(began.elapsed().as_secs_f64() * 1_000.0));
            told[format!("{form}_bytes")] = json!(bytes.len());
            if let Some(folder) = keep {
                std::fs::create_dir_all(folder).map_err(Failure::system("folder of the sheets"))?;
                let file = folder.join(format!("roll-call.{form}"));
                std::fs::write(file, bytes).map_err(Failure::system("sheet"))?;
            }
        }
        Ok(told)
    }
}

/// What is found at a site: every result comes up, with letters and signs that a sheet may stumble over.
fn mark(number: usize) -> Value {
    let note = match number % 5 {
        0 => String::new(),
        1 => format!("Đã khắc phục lúc 07:{:02}; \"thử lại\", được", number % 60),
        2 => "=1+1".to_owned(),
        _ => format!("Ghi chú {number} – Ỷ Ậu"),
    };
    json!({"result": RESULTS[number % RESULTS.len()], "people": number % 40, "note": note})
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_that_were_measured() {
        let mut times = Times::default();
        (1..=20).for_each(|ms| times.note(Duration::from_millis(ms)));
        assert_eq!(
            (times.quantile(0.5), times.quantile(0.95), times.quantile(1.0)),
            (Some(10.0), Some(19.0), Some(20.0))
        );
        assert_eq!(Times::default().quantile(0.95), None);
    }
}
