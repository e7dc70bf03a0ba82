//! Fonts of the three sets, none in two of them, each with every letter that Vietnamese needs; and text as coverage.

use std::collections::BTreeMap;
use std::path::Path;

use ab_glyph::{Font as _, FontVec, GlyphId, PxScale, ScaleFont as _};
use anyhow::{Context as _, ensure};
use sha2::{Digest as _, Sha256};

/// Which of the disjoint sets a page belongs to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Set {
    Train,
    Validation,
    /// Scored often enough that its figures have been looked at.
    Test,
    /// Other pages with the fonts and the text of the test, scored by each new judgement since.
    SecondTest,
    /// The same again, more pages.
    ThirdTest,
}

impl Set {
    /// The set whose fonts and text these pages are drawn with.
    pub fn material(self) -> Self {
        match self {
            Self::SecondTest | Self::ThirdTest => Self::Test,
            _ => self,
        }
    }
}

/// `sha256  path` of every font file, as `sha256sum` writes it.
const DIGESTS: &str = include_str!("../fonts.sha256");
const ROOT: &str = "/usr/share/fonts/";

/// Set, text or stamp, path below the folder of fonts. Fonts drawn from one design (Liberation Serif, Tinos) would have to
/// share a set; the families below are different designs.
const FONTS: &[(Set, &str)] = &[
    (Set::Train, "truetype/liberation2/LiberationSerif-Bold.ttf"),
    (
        Set::Train,
        "truetype/liberation2/LiberationSerif-Regular.ttf",
    ),
    (
        Set::Train,
        "truetype/liberation2/LiberationSerif-Italic.ttf",
    ),
    (Set::Train, "truetype/liberation2/LiberationSans-Bold.ttf"),
    (
        Set::Train,
        "truetype/liberation2/LiberationSans-Regular.ttf",
    ),
    (Set::Train, "truetype/noto/NotoSerif-Bold.ttf"),
    (Set::Train, "truetype/noto/NotoSerif-Regular.ttf"),
    (Set::Train, "truetype/noto/NotoSerif-CondensedBold.ttf"),
    (Set::Train, "truetype/noto/NotoSerifDisplay-Bold.ttf"),
    (Set::Train, "truetype/noto/NotoSans-Bold.ttf"),
    (Set::Train, "truetype/noto/NotoSans-CondensedBold.ttf"),
    (Set::Train, "truetype/dejavu/DejaVuSerif-Bold.ttf"),
    (Set::Train, "truetype/dejavu/DejaVuSerif.ttf"),
    (Set::Train, "truetype/dejavu/DejaVuSerifCondensed-Bold.ttf"),
    (Set::Train, "truetype/dejavu/DejaVuSans-Bold.ttf"),
    (Set::Train, "truetype/open-sans/OpenSans-Bold.ttf"),
    (Set::Train, "truetype/open-sans/OpenSans-CondBold.ttf"),
    (Set::Train, "truetype/cmu/cmunbx.ttf"),
    (Set::Train, "truetype/cmu/cmunrm.ttf"),
    (Set::Train, "truetype/gentiumplus/GentiumBookPlus-Bold.ttf"),
    (Set::Train, "opentype/junicode/JunicodeTwoBeta-Bold.otf"),
    (Set::Train, "truetype/liberation2/LiberationMono-Bold.ttf"),
    (Set::Train, "truetype/noto/NotoSerif-SemiBold.ttf"),
    (Set::Train, "truetype/noto/NotoSerif-ExtraCondensedBold.ttf"),
    (
        Set::Train,
        "truetype/noto/NotoSerif-SemiCondensedExtraBold.ttf",
    ),
    (
        Set::Train,
        "truetype/noto/NotoSerifDisplay-CondensedBold.ttf",
    ),
    (Set::Train, "truetype/noto/NotoSans-ExtraBold.ttf"),
    (Set::Train, "truetype/noto/NotoSans-SemiBold.ttf"),
    (Set::Train, "truetype/dejavu/DejaVuSansCondensed-Bold.ttf"),
    (Set::Train, "truetype/open-sans/OpenSans-ExtraBold.ttf"),
    (
        Set::Train,
        "opentype/junicode/JunicodeTwoBeta-ExpandedBold.otf",
    ),
    (Set::Validation, "truetype/charis/CharisSIL-Bold.ttf"),
    (Set::Validation, "truetype/charis/CharisSIL-Regular.ttf"),
    (
        Set::Validation,
        "truetype/roboto/unhinted/RobotoTTF/Roboto-Bold.ttf",
    ),
    (Set::Validation, "truetype/vollkorn/Vollkorn-Bold.ttf"),
    (Set::Validation, "opentype/cantarell/Cantarell-Bold.otf"),
    (Set::Validation, "truetype/andika/Andika-Bold.ttf"),
    (Set::Test, "truetype/freefont/FreeSerifBold.ttf"),
    (Set::Test, "truetype/freefont/FreeSerif.ttf"),
    (Set::Test, "truetype/freefont/FreeSansBold.ttf"),
    (Set::Test, "opentype/linux-libertine/LinLibertine_RB.otf"),
    (Set::Test, "opentype/linux-libertine/LinLibertine_R.otf"),
    (Set::Test, "opentype/linux-libertine/LinBiolinum_RB.otf"),
    (Set::Test, "truetype/fonts-yrsa-rasa/Yrsa-Bold.ttf"),
    (Set::Test, "truetype/lato/Lato-Bold.ttf"),
    (Set::Test, "truetype/manrope/Manrope-Bold.ttf"),
    (Set::Test, "truetype/doulos/DoulosSIL-Regular.ttf"),
    (Set::Test, "opentype/ebgaramond/EBGaramond12-Regular.otf"),
];

const LETTERS: &str = "AÁÀẢÃẠĂẮẰẲẴẶÂẤẦẨẪẬBCDĐEÉÈẺẼẸÊẾỀỂỄỆGHIÍÌỈĨỊKLMNOÓÒỎÕỌÔỐỒỔỖỘƠỚỜỞỠỢPQRSTUÚÙỦŨỤƯỨỪỬỮỰVXYÝỲỶỸỴ0123456789:/-.,()";

/// A letter with two marks takes more ink than the same with one: some fonts build it of parts that the rasteriser
/// leaves out, and a stamp drawn with them would say another word.
const MARKED: &[(char, &str)] = &[
    ('Ậ', "ẠÂ"),
    ('Ặ', "ẠĂ"),
    ('Ấ', "ÁÂ"),
    ('Ố', "ÓÔ"),
    ('Ệ', "ẸÊ"),
    ('Ợ', "ỌƠ"),
    ('Ẩ', "ẢÂ"),
    ('Ả', "A"),
    ('Ỏ', "O"),
];

/// Fonts of one set.
pub struct Faces {
    /// Bold and stamp-like.
    pub bold: Vec<Face>,
    pub body: Vec<Face>,
}

impl Faces {
    /// Reads the files and holds them against their recorded digests.
    pub fn load(set: Set) -> anyhow::Result<Self> {
        let (mut bold, mut body) = (Vec::new(), Vec::new());
        for (_, path) in FONTS.iter().filter(|(of, _)| *of == set.material()) {
            let face = Face::load(path)?;
            if path.contains("Bold")
                || path.contains("_RB")
                || path.contains("cmunbx")
                || path.contains("Doulos")
            {
                bold.push(face);
            } else {
                body.push(face);
            }
        }
        ensure!(
            !bold.is_empty() && !body.is_empty(),
            "no fonts; help: run `sh training/fonts.sh`"
        );
        Ok(Self { bold, body })
    }
}

/// Coverage of one glyph, and where it stands against its origin.
struct Glyph {
    left: i32,
    top: i32,
    width: usize,
    cover: Vec<u8>,
    advance: f32,
}

/// One font with the glyphs drawn so far.
pub struct Face {
    font: FontVec,
    cache: BTreeMap<(u16, u32), Glyph>,
}

impl Face {
    fn load(path: &str) -> anyhow::Result<Self> {
        let full = Path::new(ROOT).join(path);
        let bytes = std::fs::read(&full).with_context(|| {
            format!(
                "failed to read `{}`; help: run `sh training/fonts.sh`",
                full.display()
            )
        })?;
        let digest: String = Sha256::digest(&bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let recorded = DIGESTS
            .lines()
            .any(|line| line.starts_with(&digest) && line.ends_with(path));
        ensure!(recorded, "`{path}` is not the file that was recorded");
        let font = FontVec::try_from_vec(bytes)?;
        for letter in LETTERS.chars().chain(LETTERS.to_lowercase().chars()) {
            ensure!(
                font.glyph_id(letter) != GlyphId(0),
                "`{path}` has no `{letter}`"
            );
        }
        let mut face = Self {
            font,
            cache: BTreeMap::new(),
        };
        for (marked, plainer) in MARKED
            .iter()
            .flat_map(|(marked, all)| all.chars().map(move |one| (*marked, one)))
        {
            ensure!(
                face.amount(marked) > face.amount(plainer),
                "`{path}` draws `{marked}` without a mark of its own"
            );
        }
        Ok(face)
    }

    /// How much ink a letter takes.
    fn amount(&mut self, letter: char) -> u64 {
        self.glyph(letter, 64.0)
            .cover
            .iter()
            .map(|cover| u64::from(*cover))
            .sum()
    }

    fn glyph(&mut self, letter: char, px: f32) -> &Glyph {
        let id = self.font.glyph_id(letter);
        let font = &self.font;
        self.cache
            .entry((id.0, (px * 16.0) as u32))
            .or_insert_with(|| {
                let scale = PxScale::from(
                    px * font.height_unscaled() / font.units_per_em().unwrap_or(1_000.0),
                );
                let advance = font.as_scaled(scale).h_advance(id);
                let mut glyph = Glyph {
                    left: 0,
                    top: 0,
                    width: 0,
                    cover: Vec::new(),
                    advance,
                };
                if let Some(outline) = font.outline_glyph(id.with_scale(scale)) {
                    let bounds = outline.px_bounds();
                    glyph.left = bounds.min.x as i32;
                    glyph.top = bounds.min.y as i32;
                    glyph.width = bounds.width() as usize;
                    glyph.cover = vec![0; glyph.width * bounds.height() as usize];
                    outline.draw(|x, y, part| {
                        if let Some(cell) =
                            glyph.cover.get_mut(y as usize * glyph.width + x as usize)
                        {
                            *cell = (part * 255.0).clamp(0.0, 255.0) as u8;
                        }
                    });
                }
                glyph
            })
    }

    /// Width of `text` at `px` pixels an em.
    pub fn width(&mut self, text: &str, px: f32) -> f32 {
        text.chars()
            .map(|letter| self.glyph(letter, px).advance)
            .sum()
    }

    /// Hands every covered pixel of `text`, whose base line starts at `x`, `y`, to `put` with its coverage.
    pub fn draw(
        &mut self,
        text: &str,
        px: f32,
        (x, y): (f32, f32),
        spacing: f32,
        put: &mut dyn FnMut(i64, i64, u8),
    ) {
        let mut at = x;
        for letter in text.chars() {
            let glyph = self.glyph(letter, px);
            let (left, top) = (
                at.round() as i64 + i64::from(glyph.left),
                y.round() as i64 + i64::from(glyph.top),
            );
            if glyph.width > 0 {
                for (row, line) in glyph.cover.chunks_exact(glyph.width).enumerate() {
                    for (column, cover) in line.iter().enumerate().filter(|(_, cover)| **cover > 0)
                    {
                        put(left + column as i64, top + row as i64, *cover);
                    }
                }
            }
            at += glyph.advance + spacing;
        }
    }
}
