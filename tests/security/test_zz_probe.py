import time
from collections import Counter
from tests.security.site import ROLES
def test_probe(site):
    print()
    for role in ('province_reader','admin'):
        v=site.visitor(role)
        real=v.get; times=[]
        class V:
            def get(self,u):
                t=time.time(); a=real(u); times.append((time.time()-t,u,a.status_code)); return a
        t=time.time(); c=list(site._crawled(V())); print(role, len(c), time.time()-t, Counter(p.status for p in c))
        for x in sorted(times)[-25:]: print(x)
        if role=='admin':
            by=Counter()
            for tt,u,_ in times: by[u.split('?')[0]]+=tt
            print(by.most_common(15))
        print([x[1] for x in times if x[2] in (400,)])
        if role!='admin': print([x[1] for x in times if x[2] in (403,) and not x[1].startswith('/admin')])
