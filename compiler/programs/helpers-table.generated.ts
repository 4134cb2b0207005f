// Made by scripts/generate/helpers.mjs from linux/bpf.h and helper-facts.mjs; edit those.
/** number|name|first kernel|license|C result|result|name:C type:word;… */
export const rows = `1|map_lookup_elem|3.19||void *||map:struct bpf_map *:map;key:const void *:key
2|map_update_elem|3.19||long||map:struct bpf_map *:map;key:const void *:key;value:const void *:value;flags:u64:flags
3|map_delete_elem|3.19||long||map:struct bpf_map *:map;key:const void *:key
4|probe_read|4.1|GPL|long||dst:void *:out;size:u32:size;unsafe_ptr:const void *:pointer
5|ktime_get_ns|4.1||u64||
6|trace_printk|4.1|GPL|long||fmt:const char *:string;fmt_size:u32:size;values:...:varargs
7|get_prandom_u32|4.1||u32||
8|get_smp_processor_id|4.1||u32||
9|skb_store_bytes|4.1||long||skb:struct sk_buff *:context;offset:u32:scalar;from:const void *:in;len:u32:size;flags:u64:flags
10|l3_csum_replace|4.1||long||skb:struct sk_buff *:context;offset:u32:scalar;from:u64:scalar;to:u64:scalar;size:u64:scalar
11|l4_csum_replace|4.1||long||skb:struct sk_buff *:context;offset:u32:scalar;from:u64:scalar;to:u64:scalar;flags:u64:flags
12|tail_call|4.2||long||ctx:void *:context;prog_array_map:struct bpf_map *:map;index:u32:scalar
13|clone_redirect|4.2||long||skb:struct sk_buff *:context;ifindex:u32:scalar;flags:u64:flags
14|get_current_pid_tgid|4.2||u64||
15|get_current_uid_gid|4.2||u64||
16|get_current_comm|4.2||long||buf:void *:chars16;size_of_buf:u32:size
17|get_cgroup_classid|4.3||u32||skb:struct sk_buff *:context
18|skb_vlan_push|4.3||long||skb:struct sk_buff *:context;vlan_proto:__be16:scalar;vlan_tci:u16:scalar
19|skb_vlan_pop|4.3||long||skb:struct sk_buff *:context
20|skb_get_tunnel_key|4.3||long||skb:struct sk_buff *:context;key:struct bpf_tunnel_key *:out;size:u32:size;flags:u64:flags
21|skb_set_tunnel_key|4.3||long||skb:struct sk_buff *:context;key:struct bpf_tunnel_key *:in;size:u32:size;flags:u64:flags
22|perf_event_read|4.3|GPL|u64||map:struct bpf_map *:map;flags:u64:flags
23|redirect|4.4||long||ifindex:u32:scalar;flags:u64:flags
24|get_route_realm|4.4||u32||skb:struct sk_buff *:context
25|perf_event_output|4.4|GPL|long||ctx:void *:context;map:struct bpf_map *:map;flags:u64:flags;data:void *:in;size:u64:size
26|skb_load_bytes|4.5||long||skb:const void *:context;offset:u32:scalar;to:void *:bytes;len:u32:size
27|get_stackid|4.6|GPL|long||ctx:void *:context;map:struct bpf_map *:map;flags:u64:flags
28|csum_diff|4.6||s64||from:__be32 *:in?;from_size:u32:size;to:__be32 *:in?;to_size:u32:size;seed:__wsum:scalar
29|skb_get_tunnel_opt|4.6||long||skb:struct sk_buff *:context;opt:void *:out;size:u32:size
30|skb_set_tunnel_opt|4.6||long||skb:struct sk_buff *:context;opt:void *:in;size:u32:size
31|skb_change_proto|4.8||long||skb:struct sk_buff *:context;proto:__be16:scalar;flags:u64:flags
32|skb_change_type|4.8||long||skb:struct sk_buff *:context;type:u32:scalar
33|skb_under_cgroup|4.8||long||skb:struct sk_buff *:context;map:struct bpf_map *:map;index:u32:scalar
34|get_hash_recalc|4.8||u32||skb:struct sk_buff *:context
35|get_current_task|4.8|GPL|u64||
36|probe_write_user|4.8|GPL|long||dst:void *:pointer;src:const void *:in;len:u32:size
37|current_task_under_cgroup|4.9||long||map:struct bpf_map *:map;index:u32:scalar
38|skb_change_tail|4.9||long||skb:struct sk_buff *:context;len:u32:scalar;flags:u64:flags
39|skb_pull_data|4.9||long||skb:struct sk_buff *:context;len:u32:scalar
40|csum_update|4.9||s64||skb:struct sk_buff *:context;csum:__wsum:scalar
41|set_hash_invalid|4.9||void||skb:struct sk_buff *:context
42|get_numa_node_id|4.10||long||
43|skb_change_head|4.10||long||skb:struct sk_buff *:context;len:u32:scalar;flags:u64:flags
44|xdp_adjust_head|4.10||long||xdp_md:struct xdp_buff *:context;delta:int:scalar
45|probe_read_str|4.11|GPL|long||dst:void *:chars;size:u32:size;unsafe_ptr:const void *:pointer
46|get_socket_cookie|4.12||u64||skb:struct sk_buff *:context
47|get_socket_uid|4.12||u32||skb:struct sk_buff *:context
48|set_hash|4.13||long||skb:struct sk_buff *:context;hash:u32:scalar
49|setsockopt|4.13||long||bpf_socket:void *:context;level:int:scalar;optname:int:scalar;optval:void *:in;optlen:int:size
50|skb_adjust_room|4.13||long||skb:struct sk_buff *:context;len_diff:s32:scalar;mode:u32:scalar;flags:u64:flags
51|redirect_map|4.14||long||map:struct bpf_map *:map;key:u64:scalar;flags:u64:flags
52|sk_redirect_map|4.14||long||skb:struct sk_buff *:context;map:struct bpf_map *:map;key:u32:scalar;flags:u64:flags
53|sock_map_update|4.14||long||skops:struct bpf_sock_ops *:context;map:struct bpf_map *:map;key:void *:key;flags:u64:flags
54|xdp_adjust_meta|4.15||long||xdp_md:struct xdp_buff *:context;delta:int:scalar
55|perf_event_read_value|4.15|GPL|long||map:struct bpf_map *:map;flags:u64:flags;buf:struct bpf_perf_event_value *:out;buf_size:u32:size
56|perf_prog_read_value|4.15|GPL|long||ctx:struct bpf_perf_event_data *:context;buf:struct bpf_perf_event_value *:out;buf_size:u32:size
57|getsockopt|4.15||long||bpf_socket:void *:context;level:int:scalar;optname:int:scalar;optval:void *:out;optlen:int:size
58|override_return|4.16|GPL|long||regs:struct pt_regs *:context;rc:u64:scalar
59|sock_ops_cb_flags_set|4.16||long||bpf_sock:struct bpf_sock_ops *:context;argval:int:scalar
60|msg_redirect_map|4.17||long||msg:struct sk_msg_buff *:context;map:struct bpf_map *:map;key:u32:scalar;flags:u64:flags
61|msg_apply_bytes|4.17||long||msg:struct sk_msg_buff *:context;bytes:u32:scalar
62|msg_cork_bytes|4.17||long||msg:struct sk_msg_buff *:context;bytes:u32:scalar
63|msg_pull_data|4.17||long||msg:struct sk_msg_buff *:context;start:u32:scalar;end:u32:scalar;flags:u64:flags
64|bind|4.17||long||ctx:struct bpf_sock_addr *:context;addr:struct sockaddr *:in;addr_len:int:size
65|xdp_adjust_tail|4.18||long||xdp_md:struct xdp_buff *:context;delta:int:scalar
66|skb_get_xfrm_state|4.18||long||skb:struct sk_buff *:context;index:u32:scalar;xfrm_state:struct bpf_xfrm_state *:out;size:u32:size;flags:u64:flags
67|get_stack|4.18|GPL|long||ctx:void *:context;buf:void *:out;size:u32:size;flags:u64:flags
68|skb_load_bytes_relative|4.18||long||skb:const void *:context;offset:u32:scalar;to:void *:bytes;len:u32:size;start_header:u32:scalar
69|fib_lookup|4.18|GPL|long||ctx:void *:context;params:struct bpf_fib_lookup *:inout;plen:int:size;flags:u32:flags
70|sock_hash_update|4.18||long||skops:struct bpf_sock_ops *:context;map:struct bpf_map *:map;key:void *:key;flags:u64:flags
71|msg_redirect_hash|4.18||long||msg:struct sk_msg_buff *:context;map:struct bpf_map *:map;key:void *:key;flags:u64:flags
72|sk_redirect_hash|4.18||long||skb:struct sk_buff *:context;map:struct bpf_map *:map;key:void *:key;flags:u64:flags
73|lwt_push_encap|4.18||long||skb:struct sk_buff *:context;type:u32:scalar;hdr:void *:in;len:u32:size
74|lwt_seg6_store_bytes|4.18||long||skb:struct sk_buff *:context;offset:u32:scalar;from:const void *:in;len:u32:size
75|lwt_seg6_adjust_srh|4.18||long||skb:struct sk_buff *:context;offset:u32:scalar;delta:s32:scalar
76|lwt_seg6_action|4.18||long||skb:struct sk_buff *:context;action:u32:scalar;param:void *:in;param_len:u32:size
77|rc_repeat|4.18|GPL|long||ctx:void *:context
78|rc_keydown|4.18|GPL|long||ctx:void *:context;protocol:u32:scalar;scancode:u64:scalar;toggle:u32:scalar
79|skb_cgroup_id|4.18||u64||skb:struct sk_buff *:context
80|get_current_cgroup_id|4.18||u64||
81|get_local_storage|4.19||void *||map:void *:map;flags:u64:flags
82|sk_select_reuseport|4.19||long||reuse:struct sk_reuseport_md *:context;map:struct bpf_map *:map;key:void *:key;flags:u64:flags
83|skb_ancestor_cgroup_id|4.19||u64||skb:struct sk_buff *:context;ancestor_level:int:scalar
84|sk_lookup_tcp|4.20||struct bpf_sock *||ctx:void *:context;tuple:struct bpf_sock_tuple *:in;tuple_size:u32:size;netns:u64:scalar;flags:u64:flags
85|sk_lookup_udp|4.20||struct bpf_sock *||ctx:void *:context;tuple:struct bpf_sock_tuple *:in;tuple_size:u32:size;netns:u64:scalar;flags:u64:flags
86|sk_release|4.20||long||sock:void *:pointer
87|map_push_elem|4.20||long||map:struct bpf_map *:map;value:const void *:value;flags:u64:flags
88|map_pop_elem|4.20||long||map:struct bpf_map *:map;value:void *:valueOut
89|map_peek_elem|4.20||long||map:struct bpf_map *:map;value:void *:valueOut
90|msg_push_data|4.20||long||msg:struct sk_msg_buff *:context;start:u32:scalar;len:u32:scalar;flags:u64:flags
91|msg_pop_data|5.0||long||msg:struct sk_msg_buff *:context;start:u32:scalar;len:u32:scalar;flags:u64:flags
92|rc_pointer_rel|5.0|GPL|long||ctx:void *:context;rel_x:s32:scalar;rel_y:s32:scalar
93|spin_lock|5.1||long||lock:struct bpf_spin_lock *:lock
94|spin_unlock|5.1||long||lock:struct bpf_spin_lock *:lock
95|sk_fullsock|5.1||struct bpf_sock *||sk:struct bpf_sock *:pointer
96|tcp_sock|5.1||struct bpf_tcp_sock *||sk:struct bpf_sock *:pointer
97|skb_ecn_set_ce|5.1||long||skb:struct sk_buff *:context
98|get_listener_sock|5.1||struct bpf_sock *||sk:struct bpf_sock *:pointer
99|skc_lookup_tcp|5.2||struct bpf_sock *||ctx:void *:context;tuple:struct bpf_sock_tuple *:in;tuple_size:u32:size;netns:u64:scalar;flags:u64:flags
100|tcp_check_syncookie|5.2|GPL|long||sk:void *:pointer;iph:void *:in;iph_len:u32:size;th:struct tcphdr *:in;th_len:u32:size
101|sysctl_get_name|5.2||long||ctx:struct bpf_sysctl *:context;buf:char *:chars;buf_len:size_t:size;flags:u64:flags
102|sysctl_get_current_value|5.2||long||ctx:struct bpf_sysctl *:context;buf:char *:chars;buf_len:size_t:size
103|sysctl_get_new_value|5.2||long||ctx:struct bpf_sysctl *:context;buf:char *:chars;buf_len:size_t:size
104|sysctl_set_new_value|5.2||long||ctx:struct bpf_sysctl *:context;buf:const char *:in;buf_len:size_t:size
105|strtol|5.2||long||buf:const char *:in;buf_len:size_t:size;flags:u64:flags;res:long *:out8
106|strtoul|5.2||long||buf:const char *:in;buf_len:size_t:size;flags:u64:flags;res:unsigned long *:out8
107|sk_storage_get|5.2||void *||map:struct bpf_map *:map;sk:void *:pointer;value:void *:value?;flags:u64:flags
108|sk_storage_delete|5.2||long||map:struct bpf_map *:map;sk:void *:pointer
109|send_signal|5.3||long||sig:u32:scalar
110|tcp_gen_syncookie|5.3|GPL|s64||sk:void *:pointer;iph:void *:in;iph_len:u32:size;th:struct tcphdr *:in;th_len:u32:size
111|skb_output|5.5|GPL|long||ctx:void *:pointer;map:struct bpf_map *:map;flags:u64:flags;data:void *:in;size:u64:size
112|probe_read_user|5.5|GPL|long||dst:void *:out;size:u32:size;unsafe_ptr:const void *:pointer
113|probe_read_kernel|5.5|GPL|long||dst:void *:out;size:u32:size;unsafe_ptr:const void *:pointer
114|probe_read_user_str|5.5|GPL|long||dst:void *:chars;size:u32:size;unsafe_ptr:const void *:pointer
115|probe_read_kernel_str|5.5|GPL|long||dst:void *:chars;size:u32:size;unsafe_ptr:const void *:pointer
116|tcp_send_ack|5.5||long||tp:void *:pointer;rcv_nxt:u32:scalar
117|send_signal_thread|5.5||long||sig:u32:scalar
118|jiffies64|5.6||u64||
119|read_branch_records|5.7|GPL|long||ctx:struct bpf_perf_event_data *:context;buf:void *:out;size:u32:size;flags:u64:flags
120|get_ns_current_pid_tgid|5.7||long||dev:u64:scalar;ino:u64:scalar;nsdata:struct bpf_pidns_info *:out;size:u32:size
121|xdp_output|5.7|GPL|long||ctx:void *:pointer;map:struct bpf_map *:map;flags:u64:flags;data:void *:in;size:u64:size
122|get_netns_cookie|5.7||u64||ctx:void *:context?
123|get_current_ancestor_cgroup_id|5.7||u64||ancestor_level:int:scalar
124|sk_assign|5.7||long||skb:struct sk_buff *:context;sk:void *:pointer;flags:u64:flags
125|ktime_get_boot_ns|5.8||u64||
126|seq_printf|5.8|GPL|long||m:struct seq_file *:pointer;fmt:const char *:string;fmt_size:u32:size;data:const void *:in?;data_len:u32:size
127|seq_write|5.8|GPL|long||m:struct seq_file *:pointer;data:const void *:in;len:u32:size
128|sk_cgroup_id|5.8||u64||sk:void *:pointer
129|sk_ancestor_cgroup_id|5.8||u64||sk:void *:pointer;ancestor_level:int:scalar
130|ringbuf_output|5.8||long||ringbuf:void *:map;data:void *:in;size:u64:size;flags:u64:flags
131|ringbuf_reserve|5.8||void *||ringbuf:void *:map;size:u64:size;flags:u64:flags
132|ringbuf_submit|5.8||void||data:void *:record;flags:u64:flags
133|ringbuf_discard|5.8||void||data:void *:record;flags:u64:flags
134|ringbuf_query|5.8||u64||ringbuf:void *:map;flags:u64:flags
135|csum_level|5.8||long||skb:struct sk_buff *:context;level:u64:scalar
136|skc_to_tcp6_sock|5.9||struct tcp6_sock *||sk:void *:pointer
137|skc_to_tcp_sock|5.9||struct tcp_sock *||sk:void *:pointer
138|skc_to_tcp_timewait_sock|5.9||struct tcp_timewait_sock *||sk:void *:pointer
139|skc_to_tcp_request_sock|5.9||struct tcp_request_sock *||sk:void *:pointer
140|skc_to_udp6_sock|5.9||struct udp6_sock *||sk:void *:pointer
141|get_task_stack|5.9||long||task:struct task_struct *:pointer;buf:void *:out;size:u32:size;flags:u64:flags
142|load_hdr_opt|5.10||long||skops:struct bpf_sock_ops *:context;searchby_res:void *:inout;len:u32:size;flags:u64:flags
143|store_hdr_opt|5.10||long||skops:struct bpf_sock_ops *:context;from:const void *:in;len:u32:size;flags:u64:flags
144|reserve_hdr_opt|5.10||long||skops:struct bpf_sock_ops *:context;len:u32:scalar;flags:u64:flags
145|inode_storage_get|5.10||void *||map:struct bpf_map *:map;inode:void *:pointer;value:void *:value?;flags:u64:flags
146|inode_storage_delete|5.10||int||map:struct bpf_map *:map;inode:void *:pointer
147|d_path|5.10||long||path:const struct path *:pointer;buf:char *:chars;sz:u32:size
148|copy_from_user|5.10||long||dst:void *:out;size:u32:size;user_ptr:const void *:pointer
149|snprintf_btf|5.10||long||str:char *:chars;str_size:u32:size;ptr:struct btf_ptr *:in;btf_ptr_size:u32:size;flags:u64:flags
150|seq_printf_btf|5.10|GPL|long||m:struct seq_file *:pointer;ptr:struct btf_ptr *:in;ptr_size:u32:size;flags:u64:flags
151|skb_cgroup_classid|5.10||u64||skb:struct sk_buff *:context
152|redirect_neigh|5.10||long||ifindex:u32:scalar;params:struct bpf_redir_neigh *:in?;plen:int:size;flags:u64:flags
153|per_cpu_ptr|5.10||void *||percpu_ptr:const void *:pointer;cpu:u32:scalar
154|this_cpu_ptr|5.10||void *||percpu_ptr:const void *:pointer
155|redirect_peer|5.10||long||ifindex:u32:scalar;flags:u64:flags
156|task_storage_get|5.11||void *||map:struct bpf_map *:map;task:struct task_struct *:pointer;value:void *:value?;flags:u64:flags
157|task_storage_delete|5.11||long||map:struct bpf_map *:map;task:struct task_struct *:pointer
158|get_current_task_btf|5.11|GPL|struct task_struct *||
159|bprm_opts_set|5.11||long||bprm:struct linux_binprm *:pointer;flags:u64:flags
160|ktime_get_coarse_ns|5.11||u64||
161|ima_inode_hash|5.11||long||inode:struct inode *:pointer;dst:void *:bytes;size:u32:size
162|sock_from_file|5.11||struct socket *||file:struct file *:pointer
163|check_mtu|5.12|GPL|long||ctx:void *:context;ifindex:u32:scalar;mtu_len:u32 *:inout4;len_diff:s32:scalar;flags:u64:flags
164|for_each_map_elem|5.13||long||map:struct bpf_map *:map;callback_fn:void *:callback;callback_ctx:void *:callbackContext;flags:u64:flags
165|snprintf|5.13|GPL|long||str:char *:chars?;str_size:u32:size;fmt:const char *:string;data:u64 *:in?;data_len:u32:size
166|sys_bpf|5.14||long||cmd:u32:scalar;attr:void *:inout;attr_size:u32:size
167|btf_find_by_name_kind|5.14||long||name:char *:in;name_sz:int:size;kind:u32:scalar;flags:int:flags
168|sys_close|5.14||long||fd:u32:scalar
169|timer_init|5.15|GPL|long||timer:struct bpf_timer *:timer;map:struct bpf_map *:map;flags:u64:flags
170|timer_set_callback|5.15|GPL|long||timer:struct bpf_timer *:timer;callback_fn:void *:callback
171|timer_start|5.15|GPL|long||timer:struct bpf_timer *:timer;nsecs:u64:scalar;flags:u64:flags
172|timer_cancel|5.15|GPL|long||timer:struct bpf_timer *:timer
173|get_func_ip|5.15|GPL|u64||ctx:void *:context
174|get_attach_cookie|5.15||u64||ctx:void *:context
175|task_pt_regs|5.15|GPL|long|pointer|task:struct task_struct *:pointer
176|get_branch_snapshot|5.16|GPL|long||entries:void *:out;size:u32:size;flags:u64:flags
177|trace_vprintk|5.16|GPL|long||fmt:const char *:string;fmt_size:u32:size;data:const void *:in?;data_len:u32:size
178|skc_to_unix_sock|5.16||struct unix_sock *||sk:void *:pointer
179|kallsyms_lookup_name|5.16||long||name:const char *:in;name_sz:int:size;flags:int:flags;res:u64 *:out8
180|find_vma|5.17||long||task:struct task_struct *:pointer;addr:u64:scalar;callback_fn:void *:callback;callback_ctx:void *:callbackContext;flags:u64:flags
181|loop|5.17||long||nr_loops:u32:scalar;callback_fn:void *:callback;callback_ctx:void *:callbackContext;flags:u64:flags
182|strncmp|5.17||long||s1:const char *:in;s1_sz:u32:size;s2:const char *:string
183|get_func_arg|5.17||long||ctx:void *:context;n:u32:scalar;value:u64 *:out8
184|get_func_ret|5.17||long||ctx:void *:context;value:u64 *:out8
185|get_func_arg_cnt|5.17||long||ctx:void *:context
186|get_retval|5.18||int||
187|set_retval|5.18||int||retval:int:scalar
188|xdp_get_buff_len|5.18||u64||xdp_md:struct xdp_buff *:context
189|xdp_load_bytes|5.18||long||xdp_md:struct xdp_buff *:context;offset:u32:scalar;buf:void *:bytes;len:u32:size
190|xdp_store_bytes|5.18||long||xdp_md:struct xdp_buff *:context;offset:u32:scalar;buf:void *:in;len:u32:size
191|copy_from_user_task|5.18|GPL|long||dst:void *:out;size:u32:size;user_ptr:const void *:pointer;tsk:struct task_struct *:pointer;flags:u64:flags
192|skb_set_tstamp|5.18||long||skb:struct sk_buff *:context;tstamp:u64:scalar;tstamp_type:u32:scalar
193|ima_file_hash|5.18||long||file:struct file *:pointer;dst:void *:bytes;size:u32:size
194|kptr_xchg|5.19||void *||dst:void *:slot;ptr:void *:pointer?
195|map_lookup_percpu_elem|5.19||void *||map:struct bpf_map *:map;key:const void *:key;cpu:u32:scalar
196|skc_to_mptcp_sock|5.19||struct mptcp_sock *||sk:void *:pointer
197|dynptr_from_mem|5.19||long||data:void *:in;size:u64:size;flags:u64:flags;ptr:struct bpf_dynptr *:dynptrOut
198|ringbuf_reserve_dynptr|5.19||long||ringbuf:void *:map;size:u32:scalar;flags:u64:flags;ptr:struct bpf_dynptr *:dynptrOut
199|ringbuf_submit_dynptr|5.19||void||ptr:struct bpf_dynptr *:dynptr;flags:u64:flags
200|ringbuf_discard_dynptr|5.19||void||ptr:struct bpf_dynptr *:dynptr;flags:u64:flags
201|dynptr_read|5.19||long||dst:void *:out;len:u64:size;src:const struct bpf_dynptr *:dynptr;offset:u64:scalar;flags:u64:flags
202|dynptr_write|5.19||long||dst:const struct bpf_dynptr *:dynptr;offset:u64:scalar;src:void *:in;len:u64:size;flags:u64:flags
203|dynptr_data|5.19||void *|pointer|ptr:const struct bpf_dynptr *:dynptr;offset:u64:scalar;len:u64:scalar
204|tcp_raw_gen_syncookie_ipv4|6.0|GPL|s64||iph:struct iphdr *:in20;th:struct tcphdr *:in;th_len:u32:size
205|tcp_raw_gen_syncookie_ipv6|6.0|GPL|s64||iph:struct ipv6hdr *:in40;th:struct tcphdr *:in;th_len:u32:size
206|tcp_raw_check_syncookie_ipv4|6.0|GPL|long||iph:struct iphdr *:in20;th:struct tcphdr *:in20
207|tcp_raw_check_syncookie_ipv6|6.0|GPL|long||iph:struct ipv6hdr *:in40;th:struct tcphdr *:in20
208|ktime_get_tai_ns|6.1||u64||
209|user_ringbuf_drain|6.1||long||map:struct bpf_map *:map;callback_fn:void *:callback;ctx:void *:callbackContext;flags:u64:flags
210|cgrp_storage_get|6.2||void *||map:struct bpf_map *:map;cgroup:struct cgroup *:pointer;value:void *:value?;flags:u64:flags
211|cgrp_storage_delete|6.2||long||map:struct bpf_map *:map;cgroup:struct cgroup *:pointer`;
