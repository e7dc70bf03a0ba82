//! Words of the screens: Fluent files in `locales/`, Vietnamese first, English
//! second. The language belongs to the request, never to the process.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use include_dir::{Dir, include_dir};

static LOCALES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../locales");

type Bundle = FluentBundle<FluentResource>;

static VI: LazyLock<Bundle> = LazyLock::new(|| bundle("vi"));
static EN: LazyLock<Bundle> = LazyLock::new(|| bundle("en"));

fn bundle(language: &str) -> Bundle {
    let locale = language.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    // No invisible direction marks around values: they break search and copy.
    bundle.set_use_isolating(false);
    let mut files: Vec<_> = LOCALES
        .get_dir(language)
        .into_iter()
        .flat_map(Dir::files)
        .collect();
    files.sort_by_key(|file| file.path());
    for file in files {
        let text = file.contents_utf8().unwrap_or_default().to_owned();
        // A line that does not parse is missing; the key test names it.
        let resource = match FluentResource::try_new(text) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// Words in one language.
#[derive(Clone, Copy)]
pub struct T {
    language: &'static str,
}

impl T {
    /// `en` for English, anything else is Vietnamese.
    pub fn new(language: &str) -> Self {
        Self {
            language: if language == "en" { "en" } else { "vi" },
        }
    }

    pub fn language(&self) -> &'static str {
        self.language
    }

    /// The words of a key. A missing key shows itself, and fails a test.
    pub fn s(&self, key: impl AsRef<str>) -> String {
        self.with(key.as_ref(), None)
    }

    /// Words with one value in them.
    pub fn a(&self, key: &str, name: &str, value: impl std::fmt::Display) -> String {
        let mut args = FluentArgs::new();
        args.set(
            name.to_owned(),
            FluentValue::String(Cow::Owned(value.to_string())),
        );
        self.with(key, Some(&args))
    }

    /// Words with several values.
    pub fn m(&self, key: &str, values: &BTreeMap<&'static str, String>) -> String {
        let mut args = FluentArgs::new();
        for (name, value) in values {
            args.set(*name, FluentValue::String(Cow::Borrowed(value.as_str())));
        }
        self.with(key, Some(&args))
    }

    fn with(&self, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        let bundle: &Bundle = if self.language == "en" { &EN } else { &VI };
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut problems = Vec::new();
        bundle
            .format_pattern(pattern, args, &mut problems)
            .into_owned()
    }
}

/// Which of these keys have no words in a language.
pub fn missing_keys<'a>(language: &str, keys: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let bundle: &Bundle = if language == "en" { &EN } else { &VI };
    keys.into_iter()
        .filter(|key| bundle.get_message(key).is_none())
        .collect()
}
