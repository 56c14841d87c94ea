//! The site trees that come with the program.
//!
//! Read by `demo::seed`. Only reads the embedded files; the store is written elsewhere.

use serde::Deserialize;

/// A whole tree, as in demo/README.md.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteTree {
    pub id: String,
    /// For people who read the file; the server does not show it yet.
    #[allow(dead_code, reason = "part of the file format")]
    title: String,
    /// Kinds from the root down.
    #[allow(dead_code, reason = "the tests check the tree against it")]
    levels: Vec<String>,
    /// Parents stand before their children.
    pub sites: Vec<Site>,
}

/// One point (điểm cầu).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    pub id: String,
    pub name: String,
    pub kind: String,
    pub parent: Option<String>,
    pub sector: Option<String>,
    /// No source says that this is a point.
    #[serde(default)]
    pub sample: bool,
}

impl From<Site> for signalling_server::store::Site {
    fn from(site: Site) -> Self {
        let Site { id, name, kind, parent, sector, sample } = site;
        Self { id, name, kind, parent, sector, sample }
    }
}

/// Every tree, the one shown without asking first (the store orders them by name).
#[must_use]
pub fn trees() -> Vec<SiteTree> {
    let files = [
        include_str!("../../demo/sites-bac-giang-2023.toml"),
        include_str!("../../demo/sites-bac-ninh-2025.toml"),
    ];
    files.into_iter().map(|text| toml::from_str(text).expect("embedded files are read by a test")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet, HashMap};
    use unicode_normalization::is_nfc;

    fn count(tree: &SiteTree) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for site in &tree.sites {
            *counts.entry(site.kind.as_str()).or_default() += 1;
        }
        counts
    }

    #[test]
    fn bac_giang_has_277_points_and_34_beside_them() {
        let tree = &trees()[0];
        let counts = count(tree);
        let of = |kind: &str| counts.get(kind).copied().unwrap_or(0);
        assert_eq!((of("province"), of("department"), of("district"), of("commune")), (1, 57, 10, 209));
        assert_eq!(of("province") + of("department") + of("district") + of("commune"), 277);
        assert_eq!((of("education"), of("health"), tree.sites.len()), (21, 13, 311));
    }

    #[test]
    fn tree_after_2025_has_no_district() {
        let tree = &trees()[1];
        assert_eq!(tree.levels, ["province", "commune"]);
        let counts = count(tree);
        assert_eq!((counts.get("commune"), counts.get("district")), (Some(&99), None));
    }

    #[test]
    fn ids_and_names_are_unique_and_parents_come_first() {
        for tree in trees() {
            let mut kinds: HashMap<&str, &str> = HashMap::new();
            let mut names = BTreeSet::new();
            for site in &tree.sites {
                assert!(site.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
                assert!(is_nfc(&site.name) && site.name.trim() == site.name && !site.name.is_empty());
                assert!(names.insert((&site.parent, &site.name)), "{} twice", site.name);
                if let Some(parent) = &site.parent {
                    let above =
                        kinds.get(parent.as_str()).unwrap_or_else(|| panic!("{} has no parent", site.id));
                    check_level(&tree, site, above);
                } else {
                    assert!(kinds.is_empty(), "{} is a second root", site.id);
                }
                assert_eq!(kinds.insert(&site.id, &site.kind), None, "{} twice", site.id);
            }
        }
    }

    /// A kind of the levels stands exactly one level below its parent.
    fn check_level(tree: &SiteTree, site: &Site, above: &str) {
        let level = |kind: &str| tree.levels.iter().position(|level| level == kind);
        if let Some(own) = level(&site.kind) {
            assert_eq!(level(above), Some(own - 1), "{}", site.id);
        } else {
            assert!(["department", "education", "health"].contains(&site.kind.as_str()), "{}", site.id);
        }
    }

    #[test]
    fn rows_without_a_source_are_marked() {
        for site in &trees()[0].sites {
            let known = ["province", "district", "commune"].contains(&site.kind.as_str());
            assert_eq!(site.sample, !known, "{}", site.id);
        }
    }
}
