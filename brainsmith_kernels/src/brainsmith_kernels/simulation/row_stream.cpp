// SPDX-FileCopyrightText: The Brainsmith authors
// SPDX-License-Identifier: Apache-2.0

// Feeds words from a file to a kernel written for high-level synthesis, which is called once for each row.
//
// Macros: KERNEL_HEADER and KERNEL, BITS_IN and BITS_OUT, WORDS_OUT of a row.
// Arguments: file of input words, file for output words, number of output words.

#include KERNEL_HEADER

#include <ap_int.h>
#include <hls_stream.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <vector>

namespace {

template <int BITS>
ap_uint<BITS> from_bytes(const uint8_t *bytes) {
    ap_uint<BITS> word = 0;
    for (int low = 0; low < BITS; low += 8) {
        const int high = low + 7 < BITS ? low + 7 : BITS - 1;
        word.range(high, low) = bytes[low / 8];
    }
    return word;
}

template <int BITS>
void to_bytes(const ap_uint<BITS> &word, uint8_t *bytes) {
    for (int low = 0; low < BITS; low += 8) {
        const int high = low + 7 < BITS ? low + 7 : BITS - 1;
        bytes[low / 8] = word.range(high, low).to_uint();
    }
}

}  // namespace

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    constexpr size_t BYTES_IN = (BITS_IN + 7) / 8, BYTES_OUT = (BITS_OUT + 7) / 8;
    std::ifstream source(argv[1], std::ios::binary);
    const std::vector<uint8_t> words_in{std::istreambuf_iterator<char>(source), std::istreambuf_iterator<char>()};
    const size_t wanted = std::strtoul(argv[3], nullptr, 10);
    std::vector<uint8_t> words_out(wanted * BYTES_OUT);
    const size_t rows = wanted / WORDS_OUT;
    const size_t words_per_row = words_in.size() / BYTES_IN / rows;

    hls::stream<ap_uint<BITS_IN>> in("in0_V");
    hls::stream<ap_uint<BITS_OUT>> out("out0_V");
    size_t sent = 0, received = 0;
    for (size_t row = 0; row < rows; ++row) {
        for (size_t word = 0; word < words_per_row; ++word) in.write(from_bytes<BITS_IN>(&words_in[BYTES_IN * sent++]));
        KERNEL(in, out);
        if (!in.empty() || out.size() != WORDS_OUT) {
            std::fprintf(stderr, "row %zu: %zu words out, words left over: %d\n", row, out.size(), !in.empty());
            return 1;
        }
        while (!out.empty()) to_bytes<BITS_OUT>(out.read(), &words_out[BYTES_OUT * received++]);
    }
    std::ofstream(argv[2], std::ios::binary).write(reinterpret_cast<const char *>(words_out.data()), words_out.size());
    return 0;
}
