//! Encoders and players of our server: cameras come by WHIP, each with a token of its own, players watch the
//! composed picture of the stage by WHEP.
//!
//! Used by the run that counts what one more player costs.

use super::{CONFERENCE, Diemcau, NAME, Resource};
use crate::client::Description;
use crate::error::Failure;
use crate::peer::Seat;
use std::time::Duration;

/// Players that may share one token at the same time (`visitors_per_person` of the server).
const PLAYERS_PER_TOKEN: usize = 20;

/// How often and when somebody comes again whom the server is too busy for.
const TRIES: usize = 4;
const TRY_AGAIN: Duration = Duration::from_secs(3);
const BUSY: u16 = 503;

impl Diemcau {
    /// Brings an encoder in that sends a camera and a voice.
    ///
    /// # Errors
    /// `Refused`, `NotStarted` and what the description says.
    pub fn publish_as(&self, name: &str, client: Description) -> Result<Box<dyn Seat>, Failure> {
        let token = self.program.token(CONFERENCE, name, "delegate", None)?;
        self.visit("whip", token, client)
    }

    /// Tokens for so many players.
    ///
    /// # Errors
    /// `NotStarted`.
    pub fn players(&self, count: usize) -> Result<Vec<String>, Failure> {
        let name = |number| format!("Màn hình {number}");
        let tokens = (0..count.div_ceil(PLAYERS_PER_TOKEN))
            .map(|number| self.program.token(CONFERENCE, &name(number), "listener", None));
        tokens.collect()
    }

    /// Brings player `number` in, who watches the composed picture, with the token that is its own of `tokens`.
    ///
    /// # Errors
    /// `Refused` and what the description says.
    pub fn watch_composed(
        &self,
        tokens: &[String],
        number: usize,
        client: Description,
    ) -> Result<Box<dyn Seat>, Failure> {
        let token = tokens.get(number / PLAYERS_PER_TOKEN).cloned().unwrap_or_default();
        self.visit("whep?picture=composed", token, client)
    }

    /// Offers to `way` as the bearer of `token`.
    pub(super) fn visit(
        &self,
        way: &str,
        token: String,
        mut client: Description,
    ) -> Result<Box<dyn Seat>, Failure> {
        let authorization = format!("Bearer {token}");
        let headers = [("content-type", "application/sdp"), ("authorization", authorization.as_str())];
        let path = format!("/api/v1/conferences/{CONFERENCE}/{way}");
        let offer = client.offer();
        let ask =
            || self.http.ask("POST", &path, &headers, &offer).map_err(Failure::system("request to diemcau"));
        let mut answer = ask()?;
        for _ in 0..TRIES {
            if answer.status != BUSY {
                break;
            }
            std::thread::sleep(TRY_AGAIN);
            answer = ask()?;
        }
        if answer.status != 201 {
            let said = format!("{} {}", answer.status, answer.body);
            return Err(Failure::Refused { name: NAME, said });
        }
        client.take_answer(&answer.body)?;
        let location = answer.header("location").unwrap_or_default().to_owned();
        Ok(Box::new(Resource { http: self.http.clone(), token, location, _client: client }))
    }

    /// The sum of a metric over its labels; `None` where the server has none of that name.
    ///
    /// # Errors
    /// `System`: the server does not answer.
    pub fn metric(&self, name: &str) -> Result<Option<f64>, Failure> {
        let answer = self.http.ask("GET", "/metrics", &[], "");
        Ok(sum(&answer.map_err(Failure::system("metrics of diemcau"))?.body, name))
    }
}

/// In the text that Prometheus reads.
fn sum(text: &str, name: &str) -> Option<f64> {
    let value = |line: &str| {
        let (said, value) = line.rsplit_once(' ')?;
        let is_it = said.split('{').next() == Some(name);
        value.parse::<f64>().ok().filter(|_| is_it)
    };
    text.lines().filter_map(value).reduce(|sum, it| sum + it)
}

#[cfg(test)]
mod tests {
    use super::sum;

    #[test]
    fn metric_is_summed_over_its_labels_and_not_taken_for_a_longer_name() {
        let text = "# TYPE a gauge\na 2\na_total 9\nb{x=\"1 2\"} 1.5\nb{x=\"2\"} 2\n";
        assert_eq!((sum(text, "a"), sum(text, "b"), sum(text, "c")), (Some(2.0), Some(3.5), None));
    }
}
