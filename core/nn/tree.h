#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/config.h"
#include "core/nn/bundle.h"
#include "core/nn/tier.h"

namespace ddnn {

/// What devices send for a view.
enum class Offload : std::uint8_t {
  kNone = 0,  ///< class sums, and feature maps when asked
  kRaw = 1,   ///< the view's pixels: the cloud runs the whole network
  kJpeg = 2,  ///< the same, as a JPEG
};
/// "none", "raw", "jpeg".
std::string_view Name(Offload offload);

/// Where a part of the network runs: one agent; in the cloud, any number of
/// agents alike.
struct Place {
  std::string name;
  Tier tier = Tier::kDevice;
  std::string parent{};  ///< another place's name; empty: the cloud
  int device = -1;       ///< of a device: its index in the group
  std::vector<int>
      sections{};             ///< nodes of the bundle that run here, ascending
  std::vector<Tier> exits{};  ///< exits that are decided here, ascending
};

/// Who is where in a group: one of the six hierarchies of the paper's Figure 2.
///
/// A tree has one cloud, one edge or more below it, devices below those. Each
/// section of the bundle runs at one place, each exit is decided at one: the
/// local and the edge exit at one edge, the *lead*, which gathers what the
/// group says and answers for it. Hierarchies b and c have an edge without a
/// section, which may run beside a device. With an offload, all sections run
/// in the cloud and only its exit is decided.
/// Thread-safety: immutable after construction.
class Tree {
 public:
  /// The bundle's own tree: places are named as its nodes; where it has no edge
  /// node, "edge" is the lead. Of several edges the first is the lead.
  /// \param offload  other than kNone: hierarchy a; bundles without an edge.
  static Tree Of(const Bundle& bundle, Offload offload = Offload::kNone,
                 int jpeg_quality = 90);

  /// Reads a tree file, see models/README.md, and checks that the bundle fits.
  /// \throws ConfigError  naming file, line and place: not readable, not YAML,
  ///     unknown key, a cycle, an orphan, two parents, a section or exit at no
  ///     place, at two or at a wrong one, two places of one device.
  static Tree Read(const std::filesystem::path& file, const Bundle& bundle);

  Offload offload() const { return offload_; }
  /// Of kJpeg; 1 to 100.
  int jpeg_quality() const { return jpeg_quality_; }

  /// Devices by index, then edges, then the cloud.
  const std::vector<Place>& places() const { return places_; }
  /// \return nothing if there is no such place.
  const Place* Find(std::string_view name) const;
  std::vector<const Place*> PlacesOf(Tier tier) const;
  /// The edge that answers for the group.
  const Place& Lead() const;
  /// Indices of the devices below an edge, ascending.
  std::vector<int> DevicesBelow(const Place& edge) const;
  /// The letter in the paper's Figure 2, 'a' to 'f'.
  char Hierarchy() const;
  /// A tree file that Read() makes the same tree of.
  std::string ToYaml(const Bundle& bundle) const;

 private:
  void MoveSectionsToCloud();

  Offload offload_ = Offload::kNone;
  int jpeg_quality_ = 90;
  std::vector<Place> places_;
};

/// What an agent's configuration says of its part of the network.
struct PlaceConfig {
  std::filesystem::path bundle;
  std::filesystem::path tree;  ///< empty: the bundle's own
  std::string place;  ///< may be empty if the tree has one place of the tier
};

/// Declares the keys `bundle`, `tree` and `place`; `config` is borrowed by the
/// table.
void AddPlaceKeys(ConfigTable* table, Tier tier, PlaceConfig* config);

/// An agent's part of the network.
struct Placement {
  Bundle bundle;
  Tree tree;
  Place place;
};

/// Reads bundle and tree and finds the place.
/// \throws ConfigError  naming key, file and what there is instead: a file
///     cannot be read, does not fit the other, or has no such place of the
///     tier.
Placement LoadPlacement(const PlaceConfig& config, Tier tier);

}  // namespace ddnn
