/** Constants of the kernel's headers, by their names there. */

/** What an XDP program decides: `XDP.PASS` is `XDP_PASS` of linux/bpf.h. */
export const XDP = { ABORTED: 0, DROP: 1, PASS: 2, TX: 3, REDIRECT: 4 } as const;
export type XDP = (typeof XDP)[keyof typeof XDP];

// linux/pkt_cls.h: what a classifier or an action decides.
export const TC_ACT_UNSPEC = -1;
export const TC_ACT_OK = 0;
export const TC_ACT_RECLASSIFY = 1;
export const TC_ACT_SHOT = 2;
export const TC_ACT_PIPE = 3;
export const TC_ACT_STOLEN = 4;
export const TC_ACT_QUEUED = 5;
export const TC_ACT_REPEAT = 6;
export const TC_ACT_REDIRECT = 7;
export const TC_ACT_TRAP = 8;

// linux/if_ether.h: protocols, in host byte order.
export const ETH_P_LOOP = 0x0060;
export const ETH_P_TSN = 0x22f0;
export const ETH_P_ERSPAN2 = 0x22eb;
export const ETH_P_IP = 0x0800;
export const ETH_P_X25 = 0x0805;
export const ETH_P_ARP = 0x0806;
export const ETH_P_BPQ = 0x08ff;
export const ETH_P_BATMAN = 0x4305;
export const ETH_P_TEB = 0x6558;
export const ETH_P_RARP = 0x8035;
export const ETH_P_ATALK = 0x809b;
export const ETH_P_AARP = 0x80f3;
export const ETH_P_8021Q = 0x8100;
export const ETH_P_ERSPAN = 0x88be;
export const ETH_P_IPX = 0x8137;
export const ETH_P_IPV6 = 0x86dd;
export const ETH_P_PAUSE = 0x8808;
export const ETH_P_SLOW = 0x8809;
export const ETH_P_WCCP = 0x883e;
export const ETH_P_MPLS_UC = 0x8847;
export const ETH_P_MPLS_MC = 0x8848;
export const ETH_P_ATMMPOA = 0x884c;
export const ETH_P_PPP_DISC = 0x8863;
export const ETH_P_PPP_SES = 0x8864;
export const ETH_P_LINK_CTL = 0x886c;
export const ETH_P_ATMFATE = 0x8884;
export const ETH_P_PAE = 0x888e;
export const ETH_P_PROFINET = 0x8892;
export const ETH_P_REALTEK = 0x8899;
export const ETH_P_AOE = 0x88a2;
export const ETH_P_ETHERCAT = 0x88a4;
export const ETH_P_8021AD = 0x88a8;
export const ETH_P_802_EX1 = 0x88b5;
export const ETH_P_PREAUTH = 0x88c7;
export const ETH_P_TIPC = 0x88ca;
export const ETH_P_LLDP = 0x88cc;
export const ETH_P_MRP = 0x88e3;
export const ETH_P_MACSEC = 0x88e5;
export const ETH_P_8021AH = 0x88e7;
export const ETH_P_MVRP = 0x88f5;
export const ETH_P_1588 = 0x88f7;
export const ETH_P_NCSI = 0x88f8;
export const ETH_P_PRP = 0x88fb;
export const ETH_P_CFM = 0x8902;
export const ETH_P_FCOE = 0x8906;
export const ETH_P_IBOE = 0x8915;
export const ETH_P_TDLS = 0x890d;
export const ETH_P_FIP = 0x8914;
export const ETH_P_80221 = 0x8917;
export const ETH_P_HSR = 0x892f;
export const ETH_P_NSH = 0x894f;
export const ETH_P_LOOPBACK = 0x9000;
export const ETH_P_QINQ1 = 0x9100;
export const ETH_P_QINQ2 = 0x9200;
export const ETH_P_QINQ3 = 0x9300;
export const ETH_P_802_3 = 0x0001;
export const ETH_P_ALL = 0x0003;
export const ETH_P_802_2 = 0x0004;

// linux/in.h, linux/in6.h: the protocol field of IP.
export const IPPROTO_IP = 0;
export const IPPROTO_ICMP = 1;
export const IPPROTO_IGMP = 2;
export const IPPROTO_IPIP = 4;
export const IPPROTO_TCP = 6;
export const IPPROTO_EGP = 8;
export const IPPROTO_PUP = 12;
export const IPPROTO_UDP = 17;
export const IPPROTO_IDP = 22;
export const IPPROTO_TP = 29;
export const IPPROTO_DCCP = 33;
export const IPPROTO_IPV6 = 41;
export const IPPROTO_RSVP = 46;
export const IPPROTO_GRE = 47;
export const IPPROTO_ESP = 50;
export const IPPROTO_AH = 51;
export const IPPROTO_MTP = 92;
export const IPPROTO_BEETPH = 94;
export const IPPROTO_ENCAP = 98;
export const IPPROTO_PIM = 103;
export const IPPROTO_COMP = 108;
export const IPPROTO_L2TP = 115;
export const IPPROTO_SCTP = 132;
export const IPPROTO_UDPLITE = 136;
export const IPPROTO_MPLS = 137;
export const IPPROTO_ETHERNET = 143;
export const IPPROTO_RAW = 255;
export const IPPROTO_MPTCP = 262;
export const IPPROTO_HOPOPTS = 0;
export const IPPROTO_ROUTING = 43;
export const IPPROTO_FRAGMENT = 44;
export const IPPROTO_ICMPV6 = 58;
export const IPPROTO_NONE = 59;
export const IPPROTO_DSTOPTS = 60;
export const IPPROTO_MH = 135;

// linux/if_packet.h: skb.pkt_type.
export const PACKET_HOST = 0;
export const PACKET_BROADCAST = 1;
export const PACKET_MULTICAST = 2;
export const PACKET_OTHERHOST = 3;
export const PACKET_OUTGOING = 4;
export const PACKET_LOOPBACK = 5;
export const PACKET_USER = 6;
export const PACKET_KERNEL = 7;

// sys/socket.h: address families.
export const AF_UNSPEC = 0;
export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_BRIDGE = 7;
export const AF_INET6 = 10;
export const AF_NETLINK = 16;
export const AF_PACKET = 17;
export const AF_VSOCK = 40;
export const AF_XDP = 44;

// linux/bpf.h: flags of map updates.
export const BPF_ANY = 0;
export const BPF_NOEXIST = 1;
export const BPF_EXIST = 2;
export const BPF_F_LOCK = 4;

// linux/bpf.h: flags of maps.
export const BPF_F_NO_PREALLOC = 0x1;
export const BPF_F_NO_COMMON_LRU = 0x2;
export const BPF_F_NUMA_NODE = 0x4;
export const BPF_F_RDONLY = 0x8;
export const BPF_F_WRONLY = 0x10;
export const BPF_F_STACK_BUILD_ID = 0x20;
export const BPF_F_ZERO_SEED = 0x40;
export const BPF_F_RDONLY_PROG = 0x80;
export const BPF_F_WRONLY_PROG = 0x100;
export const BPF_F_CLONE = 0x200;
export const BPF_F_MMAPABLE = 0x400;
export const BPF_F_PRESERVE_ELEMS = 0x800;
export const BPF_F_INNER_MAP = 0x1000;

// linux/bpf.h: flags of perf events; BPF_F_CURRENT_CPU is also BPF_F_INDEX_MASK.
export const BPF_F_INDEX_MASK = 0xffffffff;
export const BPF_F_CURRENT_CPU = 0xffffffff;

// linux/bpf.h: flags of ring buffers.
export const BPF_RB_NO_WAKEUP = 0x1;
export const BPF_RB_FORCE_WAKEUP = 0x2;
export const BPF_RB_AVAIL_DATA = 0;
export const BPF_RB_RING_SIZE = 1;
export const BPF_RB_CONS_POS = 2;
export const BPF_RB_PROD_POS = 3;

// linux/bpf.h: flags of getStackid and getStack; the mask is the number of frames to leave out.
export const BPF_F_SKIP_FIELD_MASK = 0xff;
export const BPF_F_USER_STACK = 0x100;
export const BPF_F_FAST_STACK_CMP = 0x200;
export const BPF_F_REUSE_STACKID = 0x400;
export const BPF_F_USER_BUILD_ID = 0x800;

// linux/bpf.h: flags of skbStoreBytes, l3CsumReplace and l4CsumReplace.
export const BPF_F_RECOMPUTE_CSUM = 0x1;
export const BPF_F_INVALIDATE_HASH = 0x2;
export const BPF_F_HDR_FIELD_MASK = 0xf;
export const BPF_F_PSEUDO_HDR = 0x10;
export const BPF_F_MARK_MANGLED_0 = 0x20;
export const BPF_F_MARK_ENFORCE = 0x40;

// linux/bpf.h: flags of redirect, redirectMap and cloneRedirect.
export const BPF_F_INGRESS = 0x1;
export const BPF_F_BROADCAST = 0x8;
export const BPF_F_EXCLUDE_INGRESS = 0x10;

// linux/bpf.h: flags of tunnel keys.
export const BPF_F_TUNINFO_IPV6 = 0x1;
export const BPF_F_ZERO_CSUM_TX = 0x2;
export const BPF_F_DONT_FRAGMENT = 0x4;
export const BPF_F_SEQ_NUMBER = 0x8;

// linux/bpf.h: modes and flags of skbAdjustRoom.
export const BPF_ADJ_ROOM_NET = 0;
export const BPF_ADJ_ROOM_MAC = 1;
export const BPF_F_ADJ_ROOM_FIXED_GSO = 0x1;
export const BPF_F_ADJ_ROOM_ENCAP_L3_IPV4 = 0x2;
export const BPF_F_ADJ_ROOM_ENCAP_L3_IPV6 = 0x4;
export const BPF_F_ADJ_ROOM_ENCAP_L4_GRE = 0x8;
export const BPF_F_ADJ_ROOM_ENCAP_L4_UDP = 0x10;
export const BPF_F_ADJ_ROOM_NO_CSUM_RESET = 0x20;

// linux/bpf.h: of socket lookups, route lookups, storage and timers.
export const BPF_F_CURRENT_NETNS = -1;
export const BPF_FIB_LOOKUP_DIRECT = 0x1;
export const BPF_FIB_LOOKUP_OUTPUT = 0x2;
export const BPF_LOCAL_STORAGE_GET_F_CREATE = 1;
export const BPF_SK_STORAGE_GET_F_CREATE = 1;
export const BPF_F_TIMER_ABS = 1;

// linux/time.h: clocks of timerInit.
export const CLOCK_REALTIME = 0;
export const CLOCK_MONOTONIC = 1;
export const CLOCK_BOOTTIME = 7;
