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
    /// The same once more, drawn when all else was fixed and scored once by the judgement of then.
    FourthTest,
    /// And again; no signature covers a stamp.
    FifthTest,
}

impl Set {
    /// In the earlier sets a signature beside a stamp may lie on it and leave nothing of it. Their pages stay as they were.
    pub fn stamps_are_clear(self) -> bool {
        matches!(self, Self::Train | Self::FifthTest)
    }

    /// The set whose fonts and text these pages are drawn with.
    pub fn material(self) -> Self {
        match self {
            Self::SecondTest | Self::ThirdTest | Self::FourthTest | Self::FifthTest => Self::Test,
            _ => self,
        }
    }
}

/// `sha256  path` of every font file, as `sha256sum` writes it.
const DIGESTS: &str = include_str!("../fonts.sha256");
const ROOT: &str = "/usr/";

/// Paths below `/usr/`: for words of stamps and bold headings, and for running text.
struct Listed {
    stamps: &'static [&'static str],
    texts: &'static [&'static str],
}

/// Fonts drawn from one design (Liberation Serif and Tinos; TeX Gyre Termes, Tempora and FreeSerif; TeX Gyre Heros and
/// FreeSans; Libertinus and Linux Libertine) would have to share a set; the families below are different designs.
const TRAIN: Listed = Listed {
    stamps: &[
        "share/fonts/truetype/liberation2/LiberationSerif-Bold.ttf",
        "share/fonts/truetype/liberation2/LiberationSans-Bold.ttf",
        "share/fonts/truetype/noto/NotoSerif-Bold.ttf",
        "share/fonts/truetype/noto/NotoSerif-CondensedBold.ttf",
        "share/fonts/truetype/noto/NotoSerifDisplay-Bold.ttf",
        "share/fonts/truetype/noto/NotoSans-Bold.ttf",
        "share/fonts/truetype/noto/NotoSans-CondensedBold.ttf",
        "share/fonts/truetype/dejavu/DejaVuSerif-Bold.ttf",
        "share/fonts/truetype/dejavu/DejaVuSerifCondensed-Bold.ttf",
        "share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf",
        "share/fonts/truetype/open-sans/OpenSans-Bold.ttf",
        "share/fonts/truetype/open-sans/OpenSans-CondBold.ttf",
        "share/fonts/truetype/cmu/cmunbx.ttf",
        "share/fonts/truetype/gentiumplus/GentiumBookPlus-Bold.ttf",
        "share/fonts/opentype/junicode/JunicodeTwoBeta-Bold.otf",
        "share/fonts/truetype/liberation2/LiberationMono-Bold.ttf",
        "share/fonts/truetype/noto/NotoSerif-SemiBold.ttf",
        "share/fonts/truetype/noto/NotoSerif-ExtraCondensedBold.ttf",
        "share/fonts/truetype/noto/NotoSerif-SemiCondensedExtraBold.ttf",
        "share/fonts/truetype/noto/NotoSerifDisplay-CondensedBold.ttf",
        "share/fonts/truetype/noto/NotoSans-ExtraBold.ttf",
        "share/fonts/truetype/noto/NotoSans-SemiBold.ttf",
        "share/fonts/truetype/dejavu/DejaVuSansCondensed-Bold.ttf",
        "share/fonts/truetype/open-sans/OpenSans-ExtraBold.ttf",
        "share/fonts/opentype/junicode/JunicodeTwoBeta-ExpandedBold.otf",
        "share/texmf/fonts/opentype/public/tex-gyre/texgyreadventor-bold.otf",
        "share/texmf/fonts/opentype/public/tex-gyre/texgyrebonum-bold.otf",
        "share/texmf/fonts/opentype/public/tex-gyre/texgyrecursor-bold.otf",
        "share/texmf/fonts/opentype/public/lm/lmsans10-bold.otf",
        "share/texmf/fonts/opentype/public/lm/lmromandemi10-regular.otf",
        "share/fonts/opentype/artemisia/GFSArtemisiaBold.otf",
        "share/fonts/opentype/didot/GFSDidotBold.otf",
        "share/fonts/truetype/clear-sans/ClearSans-Bold.ttf",
        "share/fonts/truetype/clear-sans/ClearSans-Medium.ttf",
        "share/fonts/opentype/elstob/ElstobD-10ptBold.otf",
        "share/fonts/opentype/elstob/ElstobD-8ptMedium.otf",
        "share/fonts/opentype/league-mono/LeagueMono-CondensedBold.otf",
        "share/fonts/opentype/league-spartan/LeagueSpartan-Bold.otf",
        "share/fonts/truetype/quicksand/Quicksand-Bold.ttf",
        "share/fonts/opentype/jura/Jura-Bold.otf",
        "share/fonts/truetype/jetbrains-mono/JetBrainsMono-Bold.ttf",
        "share/fonts/opentype/mplus/Mplus1-Bold.otf",
        "share/fonts/opentype/mplus/Mplus2-SemiBold.otf",
        "share/fonts/opentype/arapey/Arapey-Black.otf",
        "share/fonts/opentype/yanone-kaffeesatz/YanoneKaffeesatz-Bold.otf",
        "share/fonts/truetype/noto/NotoSansMono-Bold.ttf",
        "share/fonts/truetype/noto/NotoSerif-Medium.ttf",
        "share/fonts/truetype/comfortaa/Comfortaa-Bold.ttf",
        "local/share/fonts/texlive-fonts-extra/SourceSansPro-Bold.otf",
        "local/share/fonts/texlive-fonts-extra/SourceSansPro-Black.otf",
        "local/share/fonts/texlive-fonts-extra/SourceSerifPro-Bold.otf",
        "local/share/fonts/texlive-fonts-extra/SourceSerifPro-Semibold.otf",
        "local/share/fonts/texlive-fonts-extra/SourceCodePro-Bold.otf",
        "local/share/fonts/texlive-fonts-extra/Alegreya-Bold.otf",
        "local/share/fonts/texlive-fonts-extra/IBMPlexSans-Bold.otf",
        "local/share/fonts/texlive-fonts-extra/IBMPlexSansCondensed-Bold.otf",
        "local/share/fonts/texlive-fonts-extra/IBMPlexSerif-Bold.otf",
        "local/share/fonts/texlive-fonts-extra/CabinCondensed-BoldCondensed.otf",
        "local/share/fonts/texlive-fonts-extra/LibreFranklin-Bold.otf",
        "local/share/fonts/texlive-fonts-extra/LibreFranklin-Black.otf",
        "local/share/fonts/texlive-fonts-extra/Iwona-Bold.otf",
        "local/share/fonts/texlive-fonts-extra/Kurier-Bold.otf",
        "local/share/fonts/texlive-fonts-extra/KurierCond-Bold.otf",
        "local/share/fonts/texlive-fonts-extra/AntykwaTorunska-Bold.otf",
        "local/share/fonts/texlive-fonts-extra/antpolt-bold.otf",
        "local/share/fonts/texlive-fonts-extra/antpoltcond-bold.otf",
        "local/share/fonts/texlive-fonts-extra/Archiv0-Bold.otf",
        "local/share/fonts/texlive-fonts-extra/CascadiaCod3-Bold.otf",
        "local/share/fonts/texlive-fonts-extra/Chivo-Bold.otf",
        "local/share/fonts/texlive-fonts-extra/Erewhon-Bold.otf",
        "local/share/fonts/texlive-fonts-extra/FiraSans-Bold.otf",
        "local/share/fonts/texlive-fonts-extra/FiraSans-Medium.otf",
        "local/share/fonts/texlive-fonts-extra/Montserrat-Bold.otf",
        "local/share/fonts/texlive-fonts-extra/Montserrat-SemiBold.otf",
        "local/share/fonts/texlive-fonts-extra/TeXGyrePagellaX-Bold.otf",
        "local/share/fonts/texlive-fonts-extra/TeXGyreScholaX-Bold.otf",
        "local/share/fonts/texlive-fonts-extra/Nunito-Bold.otf",
        "local/share/fonts/texlive-fonts-extra/Rosario-Bold.otf",
        "local/share/fonts/texlive-fonts-extra/UMTypewriter-Bold.otf",
        "local/share/fonts/texlive-fonts-extra/cmunbl.otf",
        "local/share/fonts/texlive-fonts-extra/cmunsx.otf",
        "local/share/fonts/texlive-fonts-extra/Merriweather-Bold.otf",
        "local/share/fonts/texlive-fonts-extra/Merriweather-Black.otf",
        "local/share/fonts/texlive-fonts-extra/MerriweatherSans-Bold.otf",
        "local/share/fonts/texlive-fonts-extra/DroidSerif-Bold.ttf",
        "local/share/fonts/texlive-fonts-extra/Spectral-Bold.ttf",
        "local/share/fonts/texlive-fonts-extra/Spectral-ExtraBold.ttf",
        "local/share/fonts/texlive-fonts-extra/CrimsonPro-Bold.ttf",
        "local/share/fonts/texlive-fonts-extra/CrimsonPro-Black.ttf",
        "local/share/fonts/texlive-fonts-extra/Baloo2-Bold.ttf",
        "local/share/fonts/texlive-fonts-extra/JosefinSans-Bold.ttf",
        "local/share/fonts/texlive-fonts-extra/LexendDeca-Regular.ttf",
        "local/share/fonts/texlive-fonts-extra/LinguisticsPro-Bold.otf",
    ],
    texts: &[
        "share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf",
        "share/fonts/truetype/liberation2/LiberationSerif-Italic.ttf",
        "share/fonts/truetype/liberation2/LiberationSans-Regular.ttf",
        "share/fonts/truetype/noto/NotoSerif-Regular.ttf",
        "share/fonts/truetype/dejavu/DejaVuSerif.ttf",
        "share/fonts/truetype/cmu/cmunrm.ttf",
        "local/share/fonts/texlive-fonts-extra/SourceSerifPro-Regular.otf",
        "local/share/fonts/texlive-fonts-extra/IBMPlexSerif-Regular.otf",
        "local/share/fonts/texlive-fonts-extra/Merriweather-Regular.otf",
        "local/share/fonts/texlive-fonts-extra/FiraSans-Book.otf",
        "local/share/fonts/texlive-fonts-extra/Spectral-Regular.ttf",
        "local/share/fonts/texlive-fonts-extra/Erewhon-Regular.otf",
        "local/share/fonts/texlive-fonts-extra/TeXGyreScholaX-Regular.otf",
    ],
};

const VALIDATION: Listed = Listed {
    stamps: &[
        "share/fonts/truetype/charis/CharisSIL-Bold.ttf",
        "share/fonts/truetype/roboto/unhinted/RobotoTTF/Roboto-Bold.ttf",
        "share/fonts/truetype/vollkorn/Vollkorn-Bold.ttf",
        "share/fonts/opentype/cantarell/Cantarell-Bold.otf",
        "share/fonts/truetype/andika/Andika-Bold.ttf",
    ],
    texts: &["share/fonts/truetype/charis/CharisSIL-Regular.ttf"],
};

const TEST: Listed = Listed {
    stamps: &[
        "share/fonts/truetype/freefont/FreeSerifBold.ttf",
        "share/fonts/truetype/freefont/FreeSansBold.ttf",
        "share/fonts/opentype/linux-libertine/LinLibertine_RB.otf",
        "share/fonts/opentype/linux-libertine/LinBiolinum_RB.otf",
        "share/fonts/truetype/fonts-yrsa-rasa/Yrsa-Bold.ttf",
        "share/fonts/truetype/lato/Lato-Bold.ttf",
        "share/fonts/truetype/manrope/Manrope-Bold.ttf",
        "share/fonts/truetype/doulos/DoulosSIL-Regular.ttf",
    ],
    texts: &[
        "share/fonts/truetype/freefont/FreeSerif.ttf",
        "share/fonts/opentype/linux-libertine/LinLibertine_R.otf",
        "share/fonts/opentype/ebgaramond/EBGaramond12-Regular.otf",
    ],
};

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
        let listed = match set.material() {
            Set::Train => TRAIN,
            Set::Validation => VALIDATION,
            _ => TEST,
        };
        let load = |paths: &[&str]| -> anyhow::Result<Vec<Face>> {
            paths.iter().map(|path| Face::load(path)).collect()
        };
        let (bold, body) = (load(listed.stamps)?, load(listed.texts)?);
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
