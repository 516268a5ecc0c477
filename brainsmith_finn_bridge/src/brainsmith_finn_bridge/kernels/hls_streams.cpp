// SPDX-FileCopyrightText: The Brainsmith authors
// SPDX-License-Identifier: Apache-2.0

// Feeds words from files to a kernel written for high-level synthesis, which is called once for each row.
//
// Before this stand the kernel's header, the lists INPUTS(PORT) and OUTPUTS(PORT) with
// PORT(name, bits of a word, words of a row) for each stream, and the call ROW.
// Arguments: rows, and for each output its number of words, which is not needed here.
// Reads name.bin of each input and writes that of each output, in the working folder.

#include <ap_int.h>
#include <hls_stream.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

namespace {

template <int BITS>
struct Stream {
    static constexpr int BYTES = (BITS + 7) / 8;
    hls::stream<ap_uint<BITS>> words;
    std::fstream file;
    const char *name;
    size_t per_row;

    Stream(const char *name, size_t per_row, std::ios::openmode mode)
        : words(name), file(std::string(name) + ".bin", mode | std::ios::binary), name(name), per_row(per_row) {}

    void feed() {
        for (size_t i = 0; i < per_row; ++i) {
            char bytes[BYTES];
            file.read(bytes, BYTES);
            ap_uint<BITS> word = 0;
            for (int low = 0; low < BITS; low += 8)
                word.range(low + 7 < BITS ? low + 7 : BITS - 1, low) = static_cast<uint8_t>(bytes[low / 8]);
            words.write(word);
        }
    }

    void taken() {
        if (!words.empty()) fail("words were not taken");
    }

    void drain() {
        if (words.size() != per_row) fail("another number of words than a row has");
        while (!words.empty()) {
            const ap_uint<BITS> word = words.read();
            char bytes[BYTES];
            for (int low = 0; low < BITS; low += 8)
                bytes[low / 8] = word.range(low + 7 < BITS ? low + 7 : BITS - 1, low).to_uint();
            file.write(bytes, BYTES);
        }
    }

    [[noreturn]] void fail(const char *reason) {
        std::fprintf(stderr, "%s: %s\n", name, reason);
        std::exit(1);
    }
};

}  // namespace

#define SOURCE(name, bits, words) Stream<bits> name(#name, words, std::ios::in);
#define SINK(name, bits, words) Stream<bits> name(#name, words, std::ios::out | std::ios::trunc);
#define FEED(name, bits, words) name.feed();
#define TAKEN(name, bits, words) name.taken();
#define DRAIN(name, bits, words) name.drain();

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    INPUTS(SOURCE)
    OUTPUTS(SINK)
    const size_t rows = std::strtoul(argv[1], nullptr, 10);
    for (size_t row = 0; row < rows; ++row) {
        INPUTS(FEED)
        ROW;
        INPUTS(TAKEN)
        OUTPUTS(DRAIN)
    }
    return 0;
}
