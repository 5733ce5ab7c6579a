#include <gtest/gtest.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "core/nn/bundle.h"
#include "core/wire/mention.h"
#include "core/wire/wire.h"
#include "tests/support/test_bundle.h"
#include "tests/support/test_messages.h"

namespace ddnn {
namespace {

std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::string Hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    hex += kDigits[static_cast<unsigned char>(c) >> 4];
    hex += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return hex;
}

/// Turns real inputs into ones that nobody wrote; the same ones on every run.
class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : random_(seed) {}

  std::size_t Below(std::size_t bound) {
    return bound == 0 ? 0 : static_cast<std::size_t>(random_() % bound);
  }

  /// One to four changes of `bytes`; the first `keep` bytes mostly stay.
  void Mutate(std::string& bytes, std::size_t keep,
              const std::vector<std::string>& others) {
    if (Below(8) == 0) keep = 0;
    for (std::size_t changes = 1 + Below(4); changes > 0; --changes) {
      if (bytes.size() <= keep) return;
      const std::size_t at = keep + Below(bytes.size() - keep);
      switch (Below(7)) {
        case 0:
          bytes[at] = static_cast<char>(bytes[at] ^ (1 << Below(8)));
          break;
        case 1:
          bytes[at] = static_cast<char>(random_());
          break;
        case 2:
          Overwrite(bytes, at & ~std::size_t{3}, Interesting());
          break;
        case 3:
          bytes.resize(at);
          break;
        case 4:
          bytes.insert(at, Below(9), static_cast<char>(random_()));
          break;
        case 5:
          bytes.erase(at, 1 + Below(8));
          break;
        default:
          Splice(bytes, at, others[Below(others.size())]);
      }
    }
  }

 private:
  std::uint32_t Interesting() {
    constexpr std::uint32_t kValues[] = {
        0,      1,      2,           4,           7,           255,        256,
        0x7FFF, 0xFFFF, 0x7FFF'FFFF, 0x8000'0000, 0xFFFF'FFFF, 0xFFFF'FFFC};
    return kValues[Below(std::size(kValues))];
  }
  static void Overwrite(std::string& bytes, std::size_t at,
                        std::uint32_t value) {
    std::memcpy(bytes.data() + at, &value,
                std::min<std::size_t>(4, bytes.size() - at));
  }
  void Splice(std::string& bytes, std::size_t at, const std::string& other) {
    if (other.empty()) return;
    const std::size_t from = Below(other.size());
    bytes.replace(at, Below(32), other.substr(from, Below(64)));
  }

  std::mt19937_64 random_;
};

/// Runs `one` on `inputs` inputs, or as many as the environment says.
/// \param one  returns how many decoders accepted its input.
template <typename One>
void Fuzz(std::uint64_t inputs, One one) {
  inputs = FromEnvironment("DDNN_FUZZ_INPUTS", inputs);
  const std::uint64_t seed = FromEnvironment("DDNN_FUZZ_SEED", 1);
  Mutator mutator(seed);
  std::uint64_t accepted = 0;
  for (std::uint64_t i = 0; i < inputs && !testing::Test::HasFailure(); ++i) {
    accepted += one(mutator);
  }
  std::printf("seed %llu: %llu inputs, %llu accepted\n",
              static_cast<unsigned long long>(seed),
              static_cast<unsigned long long>(inputs),
              static_cast<unsigned long long>(accepted));
  EXPECT_GT(accepted, 0U) << "nothing gets past the first checks";
}

/// An accepted input must be accepted again, and encode alike.
/// \return 1 if it was accepted.
template <typename Reencode>
unsigned ExpectStable(Reencode reencode, std::string_view input) {
  const Result<std::string> once = reencode(input);
  if (!once) {
    EXPECT_FALSE(once.message().empty());
    return 0;
  }
  const Result<std::string> twice = reencode(*once);
  EXPECT_TRUE(twice.ok()) << twice.message() << "\ninput " << Hex(input);
  if (twice.ok()) {
    EXPECT_EQ(Hex(*once), Hex(*twice)) << "input " << Hex(input);
  }
  return 1;
}

TEST(DecoderFuzzTest, MessageDecodersSurviveAndAreStable) {
  const Bundle bundles[] = {MakeTestBundle(),
                            MakeTestBundle({.edges = 1, .device_layers = 4})};
  for (const Bundle& bundle : bundles) {
    const Codec codec(bundle);
    std::vector<std::string> corpus;
    for (const ExampleKind& kind : MessageKinds()) {
      corpus.push_back(kind.encode(codec, bundle));
    }
    Fuzz(20'000, [&](Mutator& mutator) {
      std::string input = corpus[mutator.Below(corpus.size())];
      mutator.Mutate(input, 8, corpus);
      unsigned accepted = ReadMention(input, bundle.class_count()).ok() ? 1 : 0;
      for (const ExampleKind& kind : MessageKinds()) {
        accepted += ExpectStable(
            [&](std::string_view bytes) { return kind.reencode(codec, bytes); },
            input);
      }
      return accepted;
    });
  }
}

TEST(DecoderFuzzTest, JsonDecodersSurviveAndAreStable) {
  const Bundle bundle = MakeTestBundle();
  std::vector<std::string> corpus;
  for (const JsonKind& kind : JsonKinds()) {
    corpus.push_back(kind.encode(bundle));
  }
  Fuzz(2'000, [&](Mutator& mutator) {
    std::string input = corpus[mutator.Below(corpus.size())];
    mutator.Mutate(input, 6, corpus);
    unsigned accepted = 0;
    for (const JsonKind& kind : JsonKinds()) {
      accepted += ExpectStable(
          [&](std::string_view text) { return kind.reencode(bundle, text); },
          input);
    }
    return accepted;
  });
}

/// Where a node's blob and its hash lie in a bundle's bytes.
struct Blob {
  std::size_t at;
  std::size_t size;
  std::size_t hash_at;
};

std::vector<Blob> BlobsOf(const Bundle& bundle, const std::string& bytes) {
  std::vector<Blob> blobs;
  for (std::size_t at = bytes.find("DDNS"); at != std::string::npos;
       at = bytes.find("DDNS", at + 1)) {
    std::uint32_t size = 0;
    std::memcpy(&size, bytes.data() + at - 8, 4);
    const std::uint64_t hash = XXH3_64bits(bytes.data() + at - 4, size);
    const std::size_t hash_at =
        bytes.find({reinterpret_cast<const char*>(&hash), sizeof(hash)});
    blobs.push_back({at - 4, size, hash_at});
    EXPECT_NE(hash_at, std::string::npos);
  }
  EXPECT_EQ(blobs.size(), bundle.nodes.size());
  return blobs;
}

TEST(DecoderFuzzTest, BundleDecoderSurvivesAndIsStable) {
  const Bundle bundle = MakeTestBundle({.devices = 2, .edges = 1});
  const std::vector<std::string> corpus{EncodeBundle(bundle)};
  const std::vector<Blob> blobs = BlobsOf(bundle, corpus[0]);
  const auto reencode = [](std::string_view bytes) -> Result<std::string> {
    const auto decoded = DecodeBundle(bytes);
    if (!decoded) return decoded.failure();
    return EncodeBundle(*decoded);
  };
  Fuzz(20'000, [&](Mutator& mutator) {
    std::string input = corpus[0];
    if (mutator.Below(2) == 0) {
      mutator.Mutate(input, 8, corpus);
    } else {
      const Blob& blob = blobs[mutator.Below(blobs.size())];
      std::string section = input.substr(blob.at, blob.size);
      mutator.Mutate(section, 8, corpus);
      section.resize(blob.size, '\0');
      const std::uint64_t hash = XXH3_64bits(section.data(), section.size());
      input.replace(blob.at, blob.size, section);
      std::memcpy(input.data() + blob.hash_at, &hash, sizeof(hash));
    }
    return ExpectStable(reencode, input);
  });
}

}  // namespace
}  // namespace ddnn
